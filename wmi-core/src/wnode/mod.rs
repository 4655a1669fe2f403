//! WNODE
