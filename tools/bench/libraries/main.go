// Makes, fills, reads and deletes groups with the library of runc or of containerd, and says how long
// each of that took. What to do comes as JSON on standard input; built and run by the bench.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// What the bench asks for.
type order struct {
	Library string `json:"library"`
	// Where the groups are made, as seen from the root of each hierarchy.
	Parent string `json:"parent"`
	// One group is made for each.
	Pids []int `json:"pids"`
	// Directories of the group that the processes are in when theirs is deleted.
	Home   []string `json:"home"`
	Limits limits   `json:"limits"`
}

type limits struct {
	MemoryBytes        int64 `json:"memoryBytes"`
	QuotaMicroseconds  int64 `json:"quotaMicroseconds"`
	PeriodMicroseconds int64 `json:"periodMicroseconds"`
	Pids               int64 `json:"pids"`
}

// A group, as a library sees it.
type group interface {
	move(pid int) error
	stat() error
	delete() error
}

// Makes a group of this path with these limits.
type maker func(path string, limits limits) (group, error)

var makers = map[string]maker{"runc": makeRunc, "containerd": makeContainerd}

// In microseconds for one group.
type times struct {
	Create float64 `json:"create"`
	Move   float64 `json:"move"`
	Stat   float64 `json:"stat"`
	Delete float64 `json:"delete"`
}

func main() {
	found, err := run()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() (found times, err error) {
	var wanted order
	if err = json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		return found, err
	}
	create, known := makers[wanted.Library]
	if !known {
		return found, fmt.Errorf("no such library: %q", wanted.Library)
	}
	groups := make([]group, len(wanted.Pids))
	defer func() {
		if err == nil {
			return
		}
		// The first error is the one to tell.
		_ = goHome(wanted)
		for _, one := range groups {
			if one != nil {
				_ = one.delete()
			}
		}
	}()
	if found.Create, err = each(groups, func(i int) (err error) {
		path := fmt.Sprintf("%s/%s-%d", wanted.Parent, wanted.Library, i)
		groups[i], err = create(path, wanted.Limits)
		return err
	}); err != nil {
		return found, err
	}
	if found.Move, err = each(groups, func(i int) error {
		return groups[i].move(wanted.Pids[i])
	}); err != nil {
		return found, err
	}
	if found.Stat, err = each(groups, func(i int) error { return groups[i].stat() }); err != nil {
		return found, err
	}
	if err = goHome(wanted); err != nil {
		return found, err
	}
	found.Delete, err = each(groups, func(i int) error { return groups[i].delete() })
	return found, err
}

// Does it for each group; how many microseconds one took.
func each(groups []group, do func(i int) error) (float64, error) {
	begin := time.Now()
	for i := range groups {
		if err := do(i); err != nil {
			return 0, fmt.Errorf("group %d: %w", i, err)
		}
	}
	return float64(time.Since(begin).Nanoseconds()) / 1000 / float64(len(groups)), nil
}

func goHome(wanted order) error {
	for _, directory := range wanted.Home {
		file := filepath.Join(directory, "cgroup.procs")
		for _, pid := range wanted.Pids {
			if err := os.WriteFile(file, []byte(strconv.Itoa(pid)), 0); err != nil {
				return err
			}
		}
	}
	return nil
}
