package main

import (
	"github.com/opencontainers/runc/libcontainer/cgroups"
	"github.com/opencontainers/runc/libcontainer/cgroups/manager"
	"github.com/opencontainers/runc/libcontainer/configs"
	"github.com/opencontainers/runc/libcontainer/devices"
)

type runcGroup struct{ cgroups.Manager }

func makeRunc(path string, limits limits) (group, error) {
	resources := &configs.Resources{
		Memory:    limits.MemoryBytes,
		CpuQuota:  limits.QuotaMicroseconds,
		CpuPeriod: uint64(limits.PeriodMicroseconds),
		PidsLimit: limits.Pids,
		// Everything is allowed, as in a new group: without this it would forbid all.
		Devices: []*devices.Rule{
			{Type: devices.WildcardDevice, Major: devices.Wildcard, Minor: devices.Wildcard, Permissions: "rwm", Allow: true},
		},
	}
	created, err := manager.New(&configs.Cgroup{Path: path, Resources: resources})
	if err != nil {
		return nil, err
	}
	// No process joins yet.
	if err := created.Apply(-1); err != nil {
		return nil, err
	}
	return runcGroup{created}, created.Set(resources)
}

func (one runcGroup) move(pid int) error { return cgroups.EnterPid(one.GetPaths(), pid) }

func (one runcGroup) stat() error {
	_, err := one.GetStats()
	return err
}

func (one runcGroup) delete() error { return one.Destroy() }
