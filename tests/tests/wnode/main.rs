//! WNODE structures, compared with Microsoft's metadata, a C header, bytes written by hand, and a
//! second reader.

mod agree;
mod any_value;
mod block_faults;
mod by_hand;
mod classes;
mod damage;
mod faults;
mod hostile;
mod linked;
mod naive;
mod no_alloc;
mod read;
mod structures;
mod windows_view;
mod write;
mod written;
