//! [`Stored`] and [`StoredVariable`]: the values of a class that clients set, which handlers on several
//! processors read and replace.
//!
//! Owns their encoding, and how often a reader or a writer tries. It owns neither the bytes, which are
//! [`Versioned`], nor the rules about them: the dispatcher decides which items a set replaces, and the
//! handler which values it refuses.

use core::fmt;
use core::marker::PhantomData;
use core::sync::atomic::AtomicU8;

use super::handle::{Reply, Sent};
use super::versioned::Versioned;
use crate::block::class::BlockBytes;
use crate::block::{EncodeError, EncodeView, Encoder};
use crate::wnode::InstanceData;
use crate::{DataBlock, FixedClass, FromBlock, NtStatus, VariableClass, Wire};

/// The current values of a class of fixed size that clients set.
///
/// Handlers on several processors may use it at once, at any IRQL, without a lock: a query returns the
/// values of one set, never parts of two. Numbers that the driver reads for each of its own requests are
/// cheaper in an atomic.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wmi_core::provider::{Handle, Stored};
/// use wmi_core::{NtStatus, Text, Wire, WmiClass};
///
/// /// The settings of the adapter.
/// #[derive(WmiClass)]
/// #[wmi(name = "Vendor_Settings", guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a01")]
/// pub struct Settings {
///     /// The name that the adapter announces.
///     #[wmi(data_id = 1, write)]
///     pub name: Text<16>,
///     /// The keys of the adapter.
///     #[wmi(data_id = 2, write)]
///     pub keys: [u8; 8],
/// }
///
/// struct Adapter {
///     settings: Stored<Settings>,
/// }
///
/// impl Handle<Settings> for Adapter {
///     fn query(&self) -> Result<Settings, NtStatus> {
///         self.settings.load()
///     }
///
///     fn set(&self, block: &Wire<Settings>) -> Result<(), NtStatus> {
///         self.settings.store(block)
///     }
/// }
///
/// let settings = Settings { name: Text::truncated("a"), keys: [0; 8] };
/// let adapter = Adapter { settings: Stored::new(&settings) };
/// adapter.set(&Settings { keys: [1; 8], ..settings }.snapshot()).unwrap();
/// assert_eq!(adapter.query().unwrap().keys, [1; 8]);
/// # }
/// ```
pub struct Stored<C: FixedClass> {
    bytes: Versioned<<C::Bytes as BlockBytes>::Shared>,
    class: PhantomData<fn() -> C>,
}

impl<C: FixedClass> Stored<C> {
    /// Creates the store with these values.
    #[must_use]
    pub fn new(values: &C) -> Self {
        let mut block = Wire::zeroed();
        InstanceData::store(values, &mut block);
        Self {
            bytes: Versioned::new(block.into_bytes().share(), C::SIZE),
            class: PhantomData,
        }
    }

    /// Returns the current values in a block.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_TRY_AGAIN`] if they are being replaced, and do not stay the same for long enough
    /// to be read.
    pub fn block(&self) -> Result<Wire<C>, NtStatus> {
        let mut block = Wire::zeroed();
        tried(|| self.bytes.try_read(block.as_mut_bytes()))?;
        Ok(block)
    }

    /// Returns the current values.
    ///
    /// # Errors
    ///
    /// As [`block`](Self::block); [`NtStatus::WMI_SET_FAILURE`] if the number of an enumeration has no
    /// variant.
    pub fn load(&self) -> Result<C, NtStatus>
    where
        C: FromBlock,
    {
        C::from_block(&self.block()?)
    }

    /// Replaces the values.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_TRY_AGAIN`] if another thread is replacing them. Then they are unchanged by this
    /// call. [`NtStatus::WMI_SET_FAILURE`] if the number of an enumeration has no variant.
    pub fn store(&self, block: &Wire<C>) -> Result<(), NtStatus>
    where
        C: FromBlock,
    {
        C::from_block(block)?;
        tried(|| self.bytes.try_write(block.as_bytes()))
    }
}

/// The current values of a class of variable size that clients set: a data block of at most `N` bytes.
///
/// It is read and replaced as [`Stored`] is. Reading and replacing takes `N` bytes of stack.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use wmi_core::provider::{HandleVariable, Reply, Sent, StoredVariable};
/// use wmi_core::{NtStatus, VariableClass, WmiClass};
///
/// /// A note for whoever looks after the device.
/// #[derive(WmiClass)]
/// #[wmi(variable, name = "Vendor_Note", guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a02")]
/// pub struct Note<'a> {
///     /// Its text.
///     #[wmi(data_id = 1, write)]
///     pub text: &'a str,
/// }
///
/// struct Device {
///     note: StoredVariable<Note<'static>, 512>,
/// }
///
/// impl HandleVariable<Note<'_>> for Device {
///     fn query(&self, reply: Reply<'_, Note<'_>>) -> Result<Sent, NtStatus> {
///         self.note.send(reply)
///     }
///
///     fn set(&self, block: NoteView<'_>) -> Result<(), NtStatus> {
///         self.note.store(block)
///     }
/// }
///
/// let device = Device { note: StoredVariable::new(&Note { text: "new" })? };
/// device.set(Note::decode(&[4, 0, b'o', 0, b'k', 0]).unwrap()).unwrap();
/// assert_eq!(device.note.load(&mut [0; 512]).unwrap().text, "ok");
/// # }
/// # Ok::<(), wmi_core::block::EncodeError>(())
/// ```
pub struct StoredVariable<C, const N: usize> {
    bytes: Versioned<[AtomicU8; N]>,
    class: PhantomData<fn() -> C>,
}

impl<C: VariableClass, const N: usize> StoredVariable<C, N> {
    /// Creates the store with these values.
    ///
    /// # Errors
    ///
    /// [`EncodeError::BufferTooSmall`] if they are longer than `N` bytes, or another [`EncodeError`] if
    /// a value cannot be encoded.
    pub fn new(values: &C) -> Result<Self, EncodeError> {
        let mut bytes = [0; N];
        let length = values.encode(&mut bytes)?;
        Ok(Self {
            bytes: Versioned::new(bytes.share(), length),
            class: PhantomData,
        })
    }

    /// Returns the current values, read into `buffer`.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_TRY_AGAIN`] if they are being replaced, and do not stay the same for long enough
    /// to be read.
    pub fn load<'b>(&self, buffer: &'b mut [u8; N]) -> Result<C::View<'b>, NtStatus> {
        let length = tried(|| self.bytes.try_read(buffer))?;
        let bytes = buffer.get(..length).unwrap_or_default();
        C::decode(bytes).map_err(|_| NtStatus::INTERNAL_ERROR)
    }

    /// Sends the current values as the reply to a query of the same class. Another class does not
    /// compile:
    ///
    /// ```compile_fail
    /// # use wmi_core::provider::{Block, HandleVariable, Provider, Reply, Request, Sent, StoredVariable};
    /// # use wmi_core::{NtStatus, WmiClass};
    /// # #[derive(WmiClass)]
    /// # #[wmi(variable, guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a01")]
    /// # struct Note<'a> { #[wmi(data_id = 1)] text: &'a str }
    /// # #[derive(WmiClass)]
    /// # #[wmi(variable, guid = "e7a0c1f4-55d1-4f0e-8a52-1f4c6d7b9a02")]
    /// # struct Label<'a> { #[wmi(data_id = 1)] text: &'a str }
    /// struct Device {
    ///     label: StoredVariable<Label<'static>, 64>,
    /// }
    ///
    /// impl HandleVariable<Note<'_>> for Device {
    ///     fn query(&self, reply: Reply<'_, Note<'_>>) -> Result<Sent, NtStatus> {
    ///         // error: the values and the block have different classes
    ///         self.label.send(reply)
    ///     }
    /// }
    /// # static PROVIDER: Provider<Device> = Provider::storport(&[
    /// #     &Block::variable::<Note<'_>, _>(|device: &Device, _| Some(device)),
    /// # ]);
    /// # fn main() {
    /// #     let label = StoredVariable::new(&Label { text: "" }).unwrap();
    /// #     let guid = wmi_core::Guid::NIL;
    /// #     let request = Request::new(wmi_core::provider::Minor::QueryAllData, guid, &mut []);
    /// #     let _ = PROVIDER.dispatch(&Device { label }, request);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn send<D: DataBlock>(&self, reply: Reply<'_, D>) -> Result<Sent, NtStatus>
    where
        C: DataBlock,
    {
        const { super::handle::same_class::<C, D>() };
        let mut buffer = [0; N];
        let length = tried(|| self.bytes.try_read(&mut buffer))?;
        Ok(reply.send_bytes(buffer.get(..length).unwrap_or_default()))
    }

    /// Replaces the values.
    ///
    /// # Errors
    ///
    /// [`NtStatus::WMI_SET_FAILURE`] if they are longer than `N` bytes. [`NtStatus::WMI_TRY_AGAIN`] if
    /// another thread is replacing them. In both cases they are unchanged by this call.
    pub fn store(&self, values: C::View<'_>) -> Result<(), NtStatus>
    where
        C: EncodeView,
    {
        let mut buffer = [0; N];
        let mut out = Encoder::new(&mut buffer);
        let encoded = C::encode_view(values, &mut out).and_then(|()| out.finish());
        let length = encoded.map_err(|_| NtStatus::WMI_SET_FAILURE)?;
        let bytes = buffer.get(..length).unwrap_or_default();
        tried(|| self.bytes.try_write(bytes))
    }
}

/// How often reading and replacing is tried. A thread that is replacing the values may have been
/// preempted by this one, and then cannot finish, so nobody waits for it.
const TRIES: usize = 100;

/// Calls `attempt` until it succeeds.
fn tried<T>(mut attempt: impl FnMut() -> Option<T>) -> Result<T, NtStatus> {
    for _ in 0..TRIES {
        if let Some(done) = attempt() {
            return Ok(done);
        }
        core::hint::spin_loop();
    }
    Err(NtStatus::WMI_TRY_AGAIN)
}

impl<C: FixedClass> fmt::Debug for Stored<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stored").field(&self.block()).finish()
    }
}

impl<C, const N: usize> fmt::Debug for StoredVariable<C, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredVariable").finish_non_exhaustive()
    }
}
