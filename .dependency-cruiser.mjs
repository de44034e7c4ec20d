/**
 * The rules of the house as a machine reads them: `depcruise packages examples tools`.
 * Each is shown to bite in tools/repo/boundaries.test.ts.
 */
const feature = "cgroups|unionfs|seccomp|capabilities|namespaces|network|image";
const test = "[.]test[.]ts$";

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    {
      name: "features-stand-alone",
      comment: "A package that wraps one kernel feature imports @x/syscall and @x/plan at most.",
      severity: "error",
      from: { path: `^packages/(${feature})/` },
      to: { path: "^packages/([^/]+)/", pathNot: "^packages/($1|syscall|plan)/" },
    },
    {
      name: "plan-on-syscall",
      comment: "@x/plan stands on @x/syscall and on nothing else.",
      severity: "error",
      from: { path: "^packages/plan/" },
      to: { path: "^packages/", pathNot: "^packages/(plan|syscall)/" },
    },
    {
      name: "syscall-at-the-bottom",
      comment: "@x/syscall knows no other package.",
      severity: "error",
      from: { path: "^packages/syscall/" },
      to: { path: "^packages/", pathNot: "^packages/syscall/" },
    },
    {
      name: "cgroups-without-dependencies",
      comment:
        "`npm install @x/cgroups` brings one package: what needs another is a subpath of its own.",
      severity: "error",
      from: {
        path: "^packages/cgroups/src/(index[.]ts|lib/(?!(bpf|notify|steps)/))",
        pathNot: test,
      },
      to: {
        pathNot: "^packages/cgroups/(?!src/lib/(bpf|notify|steps)/)",
        dependencyTypesNot: ["core"],
      },
    },
    {
      name: "koffi-in-one-place",
      comment: "The native binding is @x/syscall's; everybody else calls through it.",
      severity: "error",
      from: { pathNot: "^packages/syscall/" },
      to: { path: "node_modules/koffi/" },
    },
    {
      name: "packages-by-name",
      comment: "Another package is imported by its name, through what it exports.",
      severity: "error",
      from: { path: "^(packages|examples|tools)/([^/]+)/" },
      to: { path: "^packages/", pathNot: "^packages/$2/", dependencyTypes: ["local"] },
    },
    {
      name: "nothing-leans-on-tools",
      comment: "Tools and examples are for people; no package and no example imports them.",
      severity: "error",
      from: { path: "^(packages|examples)/([^/]+)/src/|^examples/" },
      to: { path: "^tools/|^examples/", pathNot: "^$1/$2/" },
    },
    {
      name: "no-barrel-inside",
      comment:
        "Only what a package exports is re-exported: a file of lib imports the file it means.",
      severity: "error",
      from: {},
      to: { path: "/src/lib/.*\\bindex[.]ts$" },
    },
    {
      name: "no-way-back",
      comment: "An entry re-exports from lib; lib never imports an entry.",
      severity: "error",
      from: { path: "^packages/([^/]+)/src/lib/", pathNot: test },
      to: { path: "^packages/$1/src/[^/]+[.]ts$" },
    },
    {
      name: "no-circle",
      comment: "Two files that need each other are one file, or a third is missing.",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "no-drawer",
      comment: "A file has one subject and is named for it.",
      severity: "error",
      from: {},
      to: {
        path: "/(utils?|helpers?|common|misc|shared)([.]m?[tj]s$|/)",
        // misc is what the kernel calls one of its controllers.
        pathNot: "node_modules|^packages/cgroups/src/lib/v[12]/misc[.]ts$",
      },
    },
    {
      name: "no-tests-in-the-product",
      comment: "Only a test imports a test.",
      severity: "error",
      from: { pathNot: test },
      to: { path: test },
    },
    {
      name: "resolvable",
      comment: "Every import leads somewhere.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "declared",
      comment: "What a package imports is among its own dependencies.",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: `${test}|^packages/[^/]+/src/testing/` },
      to: {
        dependencyTypes: ["npm-no-pkg", "npm-unknown", "npm-dev"],
        dependencyTypesNot: ["type-only"],
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|/dist/" },
    exclude: { path: "/dist/|[.]x/" },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["source", "types", "import", "node", "default"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
