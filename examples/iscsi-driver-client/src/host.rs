//! Sends requests through the test host.

use core::ptr;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::System::IO::DeviceIoControl;
use wmi_core::NtStatus;
use wmi_core::provider::{DataPath, Request, Response};
use zerocopy::{FromBytes, FromZeros, IntoBytes};

use crate::protocol::{HOST, IOCTL_NEXT_EVENT, IOCTL_SEND, Send, Sent};

/// The kernel's WMI, as the test host plays it.
pub struct Host {
    device: File,
}

impl Host {
    /// Opens the test host.
    ///
    /// # Errors
    ///
    /// Fails if the driver is not loaded, or was built without a test host.
    pub fn open() -> io::Result<Self> {
        let device = OpenOptions::new().read(true).write(true).open(HOST)?;
        Ok(Self { device })
    }

    /// Sends the driver a request with this buffer, and returns how the driver completed it.
    ///
    /// # Panics
    ///
    /// Panics if the driver does not complete the request exactly once, or writes past the buffer.
    pub fn send(&self, request: Send, buffer: &mut [u8]) -> Sent {
        let request = Send {
            buffer_size: u32::try_from(buffer.len()).expect("the buffer is below 4 GiB"),
            ..request
        };
        let input = [request.as_bytes(), buffer].concat();
        let mut output = vec![0; size_of::<Sent>() + buffer.len()];
        let written = self
            .control(IOCTL_SEND, &input, &mut output)
            .expect("the test host answers");
        assert_eq!(written, output.len());
        let (sent, content) = Sent::read_from_prefix(&output).expect("the size was checked");
        buffer.copy_from_slice(content);
        assert_eq!(sent.completions, 1, "{request:?}: {sent:?}");
        assert_eq!(sent.overrun, 0, "{request:?}: {sent:?}");
        assert_eq!(sent.returned, sent.status, "{request:?}: {sent:?}");
        sent
    }

    /// Takes the oldest event that the driver has sent.
    ///
    /// # Panics
    ///
    /// Panics if the test host does not answer.
    #[must_use]
    pub fn next_event(&self) -> Option<Vec<u8>> {
        let mut wnode = vec![0; 4096];
        let size = self
            .control(IOCTL_NEXT_EVENT, &[], &mut wnode)
            .expect("the test host answers");
        wnode.truncate(size);
        (size != 0).then_some(wnode)
    }

    /// Calls `DeviceIoControl`, and returns how many bytes of output were written.
    ///
    /// # Errors
    ///
    /// Fails if the driver completes the request with an error.
    pub fn control(&self, code: u32, input: &[u8], output: &mut [u8]) -> io::Result<usize> {
        let size = |bytes: &[u8]| u32::try_from(bytes.len()).expect("the buffer is below 4 GiB");
        let mut written = 0;
        // SAFETY: the handle is open, and each pointer is valid for the size given with it.
        let done = unsafe {
            DeviceIoControl(
                self.device.as_raw_handle(),
                code,
                input.as_ptr().cast(),
                size(input),
                output.as_mut_ptr().cast(),
                size(output),
                &mut written,
                ptr::null_mut(),
            )
        };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(written as usize)
    }

    /// Sends the driver a request of `wmi_tools::simulator`.
    ///
    /// # Panics
    ///
    /// Panics as [`send`](Self::send) does.
    pub fn system_control(&self, request: Request<'_>) -> Response {
        let mut send = Send {
            minor: request.minor.code().into(),
            ..Send::new_zeroed()
        };
        match request.data_path {
            DataPath::Guid(guid) => send.guid = guid.to_bytes(),
            DataPath::Action(action) => send.action = action as u64,
        }
        let sent = self.send(send, request.buffer);
        let information = usize::try_from(sent.information).expect("it is a size");
        Response::new(NtStatus(sent.status), information)
    }
}
