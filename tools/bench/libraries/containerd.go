package main

import (
	"github.com/containerd/cgroups"
	v2 "github.com/containerd/cgroups/v2"
	"github.com/opencontainers/runtime-spec/specs-go"
)

type containerdGroup struct{ cgroups.Cgroup }

type containerdGroupV2 struct{ *v2.Manager }

func makeContainerd(path string, limits limits) (group, error) {
	period := uint64(limits.PeriodMicroseconds)
	resources := &specs.LinuxResources{
		Memory: &specs.LinuxMemory{Limit: &limits.MemoryBytes},
		CPU:    &specs.LinuxCPU{Quota: &limits.QuotaMicroseconds, Period: &period},
		Pids:   &specs.LinuxPids{Limit: limits.Pids},
	}
	if cgroups.Mode() == cgroups.Unified {
		created, err := v2.NewManager("/sys/fs/cgroup", path, v2.ToResources(resources))
		return containerdGroupV2{created}, err
	}
	created, err := cgroups.New(cgroups.V1, cgroups.StaticPath(path), resources)
	return containerdGroup{created}, err
}

func (one containerdGroup) move(pid int) error { return one.AddProc(uint64(pid)) }

func (one containerdGroup) stat() error {
	// Not every kernel has every file it looks for.
	_, err := one.Stat(cgroups.IgnoreNotExist)
	return err
}

func (one containerdGroup) delete() error { return one.Delete() }

func (one containerdGroupV2) move(pid int) error { return one.AddProc(uint64(pid)) }

func (one containerdGroupV2) stat() error {
	_, err := one.Stat()
	return err
}

func (one containerdGroupV2) delete() error { return one.Delete() }
