//! The callbacks of a `WMILIB_CONTEXT`, at `PASSIVE_LEVEL` and not serialised. Each completes its IRP.

use core::ffi::c_void;
use core::sync::atomic::Ordering;

use wmi_core::NtStatus;
use wmi_core::provider::kmdf::{self, ProviderControl};
use wmi_core::provider::{BlockInstance, Minor, Outcome, RefusalCause, Response};
use wmi_core::wnode::flags::WMIREG_FLAG_INSTANCE_PDO;

use super::routines::{Routines, Wmilib};
use super::{FindContext, Wmi};
use crate::layout::{DeviceObject, Irp, UnicodeString};
use crate::request::bytes;
use crate::status::{from_raw, raw};

/// WMILIB starts the data of instances at multiples of this.
const ALIGNMENT: usize = 8;

/// One callback: the device, its IRP and the block.
struct Call<'a, A: 'static, const N: usize> {
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    wmi: &'a Wmi<A, N>,
    context: &'a A,
}

impl<A: Sync + AsRef<Wmi<A, N>> + 'static, const N: usize> Call<'_, A, N> {
    /// # Safety
    ///
    /// The arguments are those of a callback in the table of a [`Wmi`] with this `F`.
    unsafe fn new<F: FindContext<A>>(
        device: *mut DeviceObject,
        irp: *mut Irp,
        guid_index: u32,
    ) -> Self {
        // SAFETY: guaranteed by the caller.
        let context = unsafe { F::find(device.cast()) };
        // SAFETY: the context lives as long as the device.
        let context = unsafe { &*context };
        Self {
            device,
            irp,
            guid_index,
            wmi: context.as_ref(),
            context,
        }
    }

    /// Asks one instance of the block.
    fn ask(
        &self,
        minor: Minor,
        index: u32,
        ask: impl FnOnce(BlockInstance<'_, A>) -> Outcome,
    ) -> Response {
        const NOT_FOUND: NtStatus = NtStatus::WMI_GUID_NOT_FOUND;
        let Some(block) = self.wmi.any_block(self.guid_index) else {
            return Response::new(NOT_FOUND, 0);
        };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let instance = BlockInstance::new(block, self.context, index);
        let instance = instance.reporting_to(self.wmi.provider);
        let outcome = if block.is_present(self.context) {
            ask(instance)
        } else {
            instance.refuse(minor, NOT_FOUND, RefusalCause::AbsentBlock)
        };
        outcome.immediate()
    }

    /// Completes the IRP, and returns what the callback returns.
    fn complete(self, response: Response) -> i32 {
        let used = u32::try_from(response.information).unwrap_or(u32::MAX);
        // SAFETY: the IRP is the callback's, and is not used any more.
        unsafe { Wmilib::complete(self.device, self.irp, raw(response.status), used) }
    }

    /// Writes the data of some instances, and the length of each.
    ///
    /// # Safety
    ///
    /// `lengths` is null or has `count` numbers.
    unsafe fn query(
        &self,
        first: u32,
        count: u32,
        lengths: *mut u32,
        buffer: &mut [u8],
    ) -> Response {
        // Without room for the lengths, WMILIB asks for the size alone.
        let mut fits = !lengths.is_null();
        let mut end = 0_usize;
        for number in 0..count {
            let start = end.next_multiple_of(ALIGNMENT);
            if let Some(padding) = buffer.get_mut(end..start) {
                padding.fill(0);
            }
            let room = match buffer.get_mut(start..) {
                Some(room) if fits => room,
                _ => &mut [],
            };
            let instance = first.saturating_add(number);
            let response = self.ask(Minor::QuerySingleInstance, instance, |instance| {
                instance.query(room)
            });
            match response.status {
                NtStatus::SUCCESS if fits => {
                    let index = usize::try_from(number).unwrap_or(usize::MAX);
                    let length = u32::try_from(response.information).unwrap_or(u32::MAX);
                    let place = lengths.wrapping_add(index);
                    // SAFETY: guaranteed by the caller, as the number is below the count.
                    unsafe { place.write(length) };
                }
                NtStatus::SUCCESS => {}
                NtStatus::BUFFER_TOO_SMALL => fits = false,
                status => return Response::new(status, 0),
            }
            end = start.saturating_add(response.information);
        }
        let status = match fits {
            true => NtStatus::SUCCESS,
            false => NtStatus::BUFFER_TOO_SMALL,
        };
        Response::new(status, end)
    }
}

/// # Safety
///
/// The arguments are those of `QueryWmiRegInfo`.
pub(super) unsafe extern "system" fn query_reg_info<A, F, const N: usize>(
    device: *mut DeviceObject,
    flags: *mut u32,
    _name: *mut UnicodeString,
    registry_path: *mut *mut UnicodeString,
    resource: *mut UnicodeString,
    pdo: *mut *mut DeviceObject,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    // SAFETY: guaranteed by the caller.
    let context = unsafe { F::find(device.cast()) };
    // SAFETY: the context lives as long as the device.
    let context = unsafe { &*context };
    let wmi: &Wmi<A, N> = context.as_ref();
    wmi.count(context);
    // SAFETY: the pointers are valid during the call.
    unsafe { flags.write(WMIREG_FLAG_INSTANCE_PDO) };
    // SAFETY: as above.
    unsafe { registry_path.write(wmi.registry_path.string()) };
    // SAFETY: as above. WMILIB does not free this string.
    unsafe { resource.write(wmi.resource()) };
    // SAFETY: as above.
    unsafe { pdo.write(wmi.pdo) };
    raw(NtStatus::SUCCESS)
}

/// # Safety
///
/// The arguments are those of `QueryWmiDataBlock`.
pub(super) unsafe extern "system" fn query_data_block<A, F, const N: usize>(
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    first: u32,
    count: u32,
    lengths: *mut u32,
    size: u32,
    buffer: *mut c_void,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    // SAFETY: guaranteed by the caller.
    let call = unsafe { Call::<A, N>::new::<F>(device, irp, guid_index) };
    // SAFETY: WMILIB gives a buffer of this size, or none, and nobody else uses it meanwhile.
    let buffer = unsafe { bytes(buffer, size) };
    // SAFETY: guaranteed by the caller.
    let response = unsafe { call.query(first, count, lengths, buffer) };
    call.complete(response)
}

/// As [`query_data_block`], for a miniport of the battery class, which answers for its own classes.
///
/// # Safety
///
/// The arguments are those of `QueryWmiDataBlock`.
pub(super) unsafe extern "system" fn query_battery<A, F, const N: usize>(
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    first: u32,
    count: u32,
    lengths: *mut u32,
    size: u32,
    buffer: *mut c_void,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    // SAFETY: guaranteed by the caller.
    let context = unsafe { F::find(device.cast()) };
    // SAFETY: the context lives as long as the device.
    let wmi: &Wmi<A, N> = unsafe { &*context }.as_ref();
    let class_data = wmi.class_data.load(Ordering::Acquire);
    // SAFETY: the class driver gave this pointer; the other arguments are those of the callback.
    let status = unsafe {
        Wmilib::battery_query(class_data, device, irp, guid_index, lengths, size, buffer)
    };
    if from_raw(status) != NtStatus::WMI_GUID_NOT_FOUND {
        // The class driver has completed the IRP.
        return status;
    }
    // SAFETY: guaranteed by the caller.
    unsafe {
        query_data_block::<A, F, N>(device, irp, guid_index, first, count, lengths, size, buffer)
    }
}

/// # Safety
///
/// The arguments are those of `SetWmiDataBlock`.
pub(super) unsafe extern "system" fn set_data_block<A, F, const N: usize>(
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    instance: u32,
    size: u32,
    buffer: *mut c_void,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    // SAFETY: guaranteed by the caller.
    let call = unsafe { Call::<A, N>::new::<F>(device, irp, guid_index) };
    // SAFETY: as in `query_data_block`.
    let data = unsafe { bytes(buffer, size) };
    let response = call.ask(Minor::ChangeSingleInstance, instance, |instance| {
        instance.set(data)
    });
    call.complete(response)
}

/// # Safety
///
/// The arguments are those of `SetWmiDataItem`.
pub(super) unsafe extern "system" fn set_data_item<A, F, const N: usize>(
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    instance: u32,
    item: u32,
    size: u32,
    buffer: *mut c_void,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    // SAFETY: guaranteed by the caller.
    let call = unsafe { Call::<A, N>::new::<F>(device, irp, guid_index) };
    // SAFETY: as in `query_data_block`.
    let data = unsafe { bytes(buffer, size) };
    let response = call.ask(Minor::ChangeSingleItem, instance, |instance| {
        instance.set_item(item, data)
    });
    call.complete(response)
}

/// # Safety
///
/// The arguments are those of `ExecuteWmiMethod`.
pub(super) unsafe extern "system" fn execute_method<A, F, const N: usize>(
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    instance: u32,
    method: u32,
    input: u32,
    output: u32,
    buffer: *mut c_void,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    // SAFETY: guaranteed by the caller.
    let call = unsafe { Call::<A, N>::new::<F>(device, irp, guid_index) };
    // SAFETY: as in `query_data_block`.
    let buffer = unsafe { bytes(buffer, output) };
    let response = call.ask(
        Minor::ExecuteMethod,
        instance,
        |instance| match usize::try_from(input) {
            // The input is in the buffer of the output, which nobody has checked.
            Ok(input) if input <= buffer.len() => instance.execute(method, input, buffer),
            _ => {
                let (status, cause) = (NtStatus::INVALID_PARAMETER, RefusalCause::DataPlace);
                instance.refuse(Minor::ExecuteMethod, status, cause)
            }
        },
    );
    call.complete(response)
}

/// # Safety
///
/// The arguments are those of `WmiFunctionControl`.
pub(super) unsafe extern "system" fn function_control<A, F, const N: usize>(
    device: *mut DeviceObject,
    irp: *mut Irp,
    guid_index: u32,
    function: i32,
    enable: u8,
) -> i32
where
    A: Sync + AsRef<Wmi<A, N>> + 'static,
    F: FindContext<A>,
{
    /// `WMIENABLEDISABLECONTROL`. Source: `wmilib.h`.
    const EVENT_CONTROL: i32 = 0;
    const DATA_BLOCK_CONTROL: i32 = 1;

    // SAFETY: guaranteed by the caller.
    let call = unsafe { Call::<A, N>::new::<F>(device, irp, guid_index) };
    let control = match function {
        EVENT_CONTROL => Some(ProviderControl::Event),
        DATA_BLOCK_CONTROL => Some(ProviderControl::Instance),
        _ => None,
    };
    // What was enabled may have to be disabled after the block has gone.
    let block = call.wmi.any_block(guid_index);
    let status = match (block, control) {
        (None, _) => NtStatus::WMI_GUID_NOT_FOUND,
        (_, None) => NtStatus::INVALID_PARAMETER,
        (Some(block), Some(control)) => {
            let provider = call.wmi.provider;
            kmdf::function_control(provider, block, call.context, control, enable != 0)
        }
    };
    call.complete(Response::new(status, 0))
}
