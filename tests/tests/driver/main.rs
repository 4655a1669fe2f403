//! Drivers of every model over the fake kernel, and the recorded replies of Microsoft's dispatchers.

mod device_stack;
mod kmdf_thermometer;
mod storport_and_kmdf;
mod traces;
