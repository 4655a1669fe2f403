//! The classes of `classlog.mof`.

use wmi_core::schema::Schema;
use wmi_core::{DateTime, WmiClass};

pub(crate) const SCHEMA: Schema<'static> = Schema::new(&[
    MSStorageDriver_ScsiRequestBlock::CLASS,
    MSStorageDriver_SenseData::CLASS,
    MSStorageDriver_ClassErrorLogEntry::CLASS,
    MSStorageDriver_ClassErrorLog::CLASS,
]);

#[derive(WmiClass)]
#[wmi(embedded, guid = "F903D6EC-8647-438f-9E42-891F4733EDAF")]
struct MSStorageDriver_ScsiRequestBlock {
    #[wmi(data_id = 1, name = "length")]
    length: u16,
    #[wmi(data_id = 2, name = "function", display_in_hex)]
    function: u8,
    #[wmi(data_id = 3, name = "srbStatus", display_in_hex)]
    srb_status: u8,
    #[wmi(data_id = 4, name = "scsiStatus", display_in_hex)]
    scsi_status: u8,
    #[wmi(data_id = 5, name = "pathID", display_in_hex)]
    path_id: u8,
    #[wmi(data_id = 6, name = "targetID", display_in_hex)]
    target_id: u8,
    #[wmi(data_id = 7, name = "lun", display_in_hex)]
    lun: u8,
    #[wmi(data_id = 8, name = "queueTag", display_in_hex)]
    queue_tag: u8,
    #[wmi(data_id = 9, name = "queueAction", display_in_hex)]
    queue_action: u8,
    #[wmi(data_id = 10, name = "cdbLength", display_in_hex)]
    cdb_length: u8,
    #[wmi(data_id = 11, name = "senseInfoBufferLength", display_in_hex)]
    sense_info_buffer_length: u8,
    #[wmi(data_id = 12, name = "srbFlags", display_in_hex)]
    srb_flags: u32,
    #[wmi(data_id = 13, name = "dataTransferLength", display_in_hex)]
    data_transfer_length: u32,
    #[wmi(data_id = 14, name = "timeOutValue", display_in_hex)]
    time_out_value: u32,
    #[wmi(data_id = 15, name = "dataBuffer", display_in_hex)]
    data_buffer: u64,
    #[wmi(data_id = 16, name = "senseInfoBuffer", display_in_hex)]
    sense_info_buffer: u64,
    #[wmi(data_id = 17, name = "nextSRB", display_in_hex)]
    next_srb: u64,
    #[wmi(data_id = 18, name = "originalRequest", display_in_hex)]
    original_request: u64,
    #[wmi(data_id = 19, name = "srbExtension", display_in_hex)]
    srb_extension: u64,
    #[wmi(data_id = 20, name = "internalStatus", display_in_hex)]
    internal_status: u32,
    #[wmi(data_id = 21, name = "reserved", display_in_hex)]
    reserved: u32,
    #[wmi(data_id = 22, name = "cdb", display_in_hex)]
    cdb: [u8; 16],
}

#[derive(WmiClass)]
#[wmi(embedded, guid = "9065566F-5FD6-4b40-9961-98E3A3DD174E")]
struct MSStorageDriver_SenseData {
    #[wmi(data_id = 1, name = "errorCode")]
    error_code: u8,
    #[wmi(data_id = 2, name = "valid")]
    valid: bool,
    #[wmi(data_id = 3, name = "segmentNumber")]
    segment_number: u8,
    #[wmi(data_id = 4, name = "senseKey")]
    sense_key: u8,
    #[wmi(data_id = 5, name = "reserved")]
    reserved: bool,
    #[wmi(data_id = 6, name = "incorrectLength")]
    incorrect_length: bool,
    #[wmi(data_id = 7, name = "endOfMedia")]
    end_of_media: bool,
    #[wmi(data_id = 8, name = "fileMark")]
    file_mark: bool,
    #[wmi(data_id = 9, name = "information")]
    information: [u8; 4],
    #[wmi(data_id = 10, name = "additionalSenseLength")]
    additional_sense_length: u8,
    #[wmi(data_id = 11, name = "commandSpecificInformation")]
    command_specific_information: [u8; 4],
    #[wmi(data_id = 12, name = "additionalSenseCode")]
    additional_sense_code: u8,
    #[wmi(data_id = 13, name = "additionalSenseCodeQualifier")]
    additional_sense_code_qualifier: u8,
    #[wmi(data_id = 14, name = "fieldReplaceableUnitCode")]
    field_replaceable_unit_code: u8,
    #[wmi(data_id = 15, name = "senseKeySpecific")]
    sense_key_specific: [u8; 3],
}

#[derive(WmiClass)]
#[wmi(embedded, guid = "0C9BF007-50E9-407e-A9DA-0F33800E4B45")]
struct MSStorageDriver_ClassErrorLogEntry {
    #[wmi(data_id = 1, name = "tickCount")]
    tick_count: u64,
    #[wmi(data_id = 2, name = "portNumber")]
    port_number: u32,
    #[wmi(data_id = 3, name = "errorPaging")]
    error_paging: bool,
    #[wmi(data_id = 4, name = "errorRetried")]
    error_retried: bool,
    #[wmi(data_id = 5, name = "errorUnhandled")]
    error_unhandled: bool,
    #[wmi(data_id = 6, name = "errorReserved", display_in_hex)]
    error_reserved: u8,
    #[wmi(data_id = 7, name = "reserved", display_in_hex)]
    reserved: [u8; 3],
    #[wmi(data_id = 8, name = "srb")]
    srb: MSStorageDriver_ScsiRequestBlock,
    #[wmi(data_id = 9, name = "senseData")]
    sense_data: MSStorageDriver_SenseData,
    #[wmi(data_id = 10, name = "eventTime")]
    event_time: DateTime,
}

#[derive(WmiClass)]
#[wmi(guid = "D5A9A51E-03F9-404d-9722-15F90EB07038", locale = 0x409)]
struct MSStorageDriver_ClassErrorLog {
    #[wmi(data_id = 1, name = "numEntries")]
    num_entries: u32,
    #[wmi(data_id = 2, name = "logEntries")]
    log_entries: [MSStorageDriver_ClassErrorLogEntry; 16],
}
