//! See the tests: PowerShell modules are parsed by a grammar.
