//! Answering WMI: the dispatcher against the documented rules.

mod device;
mod replies;
