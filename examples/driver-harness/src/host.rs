//! [`Host`]: the stand-in for the kernel, as a program uses it.

use core::ptr;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::System::IO::DeviceIoControl;
use wmi_core::NtStatus;
use wmi_core::provider::{DataPath, Request, Response};
use zerocopy::{FromBytes, FromZeros, IntoBytes};

use crate::protocol::{
    HOST, IOCTL_COMPLETED, IOCTL_NEXT_EVENT, IOCTL_SEND, IOCTL_STATE, IOCTL_STEP, Send, Sent,
    State, Step,
};

/// The kernel, as the stand-in plays it: WMI, the Plug and Play manager, and the port driver.
#[derive(Debug)]
pub struct Host {
    device: File,
}

impl Host {
    /// Opens the stand-in.
    ///
    /// # Errors
    ///
    /// Fails if no driver is loaded that imports from it.
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
        let (sent, content) = self.post(request, buffer);
        assert_eq!(sent.completions, 1, "{request:?}: {sent:?}");
        buffer.copy_from_slice(&content);
        sent
    }

    /// Sends the driver a request, which it may keep: then both the completions and the content of
    /// the buffer are empty.
    ///
    /// # Panics
    ///
    /// Panics if the driver writes past the buffer.
    #[must_use]
    pub fn post(&self, request: Send, buffer: &[u8]) -> (Sent, Vec<u8>) {
        let request = Send {
            buffer_size: u32::try_from(buffer.len()).expect("the buffer is below 4 GiB"),
            ..request
        };
        let input = [request.as_bytes(), buffer].concat();
        let mut output = vec![0; size_of::<Sent>() + buffer.len()];
        let written = self
            .control(IOCTL_SEND, &input, &mut output)
            .expect("the stand-in answers");
        output.truncate(written);
        let (sent, content) = Sent::read_from_prefix(&output).expect("it puts out a result");
        assert_eq!(sent.overrun, 0, "{request:?}: {sent:?}");
        (sent, content.to_vec())
    }

    /// Takes a request that the driver has kept, with the content of its buffer, once it was
    /// completed.
    ///
    /// # Panics
    ///
    /// As for [`post`](Self::post).
    #[must_use]
    pub fn completed(&self, id: u32, size: usize) -> Option<(Sent, Vec<u8>)> {
        let mut output = vec![0; size_of::<Sent>() + size];
        let written = self
            .control(IOCTL_COMPLETED, id.as_bytes(), &mut output)
            .expect("the stand-in answers");
        output.truncate(written);
        if output.is_empty() {
            return None;
        }
        let (sent, content) = Sent::read_from_prefix(&output).expect("it puts out a result");
        assert_eq!((sent.completions, sent.overrun), (1, 0), "{sent:?}");
        Some((sent, content.to_vec()))
    }

    /// Takes a step in the life of a device, and returns its status.
    ///
    /// # Panics
    ///
    /// Panics if the stand-in does not answer, or the name is longer than 32 units.
    pub fn step(&self, step: u32, service: &str) -> NtStatus {
        let mut name = [0; 32];
        let units = service.encode_utf16();
        let length = units.clone().count();
        assert!(length <= name.len());
        units.zip(&mut name).for_each(|(unit, room)| *room = unit);
        let length = u32::try_from(length).expect("the name is short");
        let step = Step { step, length, name };
        let mut status = [0; 4];
        self.control(IOCTL_STEP, step.as_bytes(), &mut status)
            .expect("the stand-in answers");
        NtStatus::from_value(u32::from_le_bytes(status))
    }

    /// Returns what the stand-in knows.
    ///
    /// # Panics
    ///
    /// Panics if it does not answer.
    #[must_use]
    pub fn state(&self) -> State {
        let mut state = State::default();
        self.control(IOCTL_STATE, &[], state.as_mut_bytes())
            .expect("the stand-in answers");
        state
    }

    /// Takes the oldest event that the driver has sent.
    ///
    /// # Panics
    ///
    /// Panics if the stand-in does not answer.
    #[must_use]
    pub fn next_event(&self) -> Option<Vec<u8>> {
        let mut wnode = vec![0; 4096];
        let size = self
            .control(IOCTL_NEXT_EVENT, &[], &mut wnode)
            .expect("the stand-in answers");
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
        assert_eq!(sent.returned, sent.status, "{send:?}: {sent:?}");
        let information = usize::try_from(sent.information).expect("it is a size");
        Response::new(NtStatus::from_value(sent.status), information)
    }
}
