//! The tools: binary MOF, the MOF reader, import, the C header, checks, and build scripts.

mod binary_mof;
mod build_script;
mod check;
mod diff;
mod ds01;
mod firmware;
mod header;
mod image;
mod image_memory;
mod import;
mod mof_reader;
mod page;
mod repository;
mod second_opinion;

use wmi_tests::allocations::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;
