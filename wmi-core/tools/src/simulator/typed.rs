//! Calls by type, for derived classes.

use core::fmt;
use core::marker::PhantomData;

use zerocopy::IntoBytes;

use super::ProtocolRule;
use super::open::Switch;
use super::send::violation;
use super::{Device, Failure, InstanceValue, Select, Simulator, check};
use crate::client::{ItemDecodeError, ReplyError};
use wmi_core::block::DecodeError;
use wmi_core::provider::Minor;
use wmi_core::{DataBlock, FixedBlock, Guid, Item, VariableClass, Wire, WmiField, WmiMethod};

/// The data of an instance of a class of variable size.
pub struct Data<C> {
    bytes: Vec<u8>,
    class: PhantomData<fn() -> C>,
}

impl<C: VariableClass> Data<C> {
    /// Returns the values.
    ///
    /// # Errors
    ///
    /// Never: the simulator checked the data when it received it.
    pub fn view(&self) -> Result<C::View<'_>, DecodeError> {
        C::decode(&self.bytes)
    }

    /// Returns the bytes of the block.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn decode(bytes: Vec<u8>) -> Result<Self, DecodeError> {
        let data = Self {
            bytes,
            class: PhantomData,
        };
        data.view().map(|_| ())?;
        Ok(data)
    }
}

/// The output of a method.
pub struct Output<M> {
    bytes: Vec<u8>,
    method: PhantomData<fn() -> M>,
}

impl<M: WmiMethod> Output<M> {
    /// Returns the `out` parameters.
    ///
    /// # Errors
    ///
    /// Never: the simulator checked the data when it received it.
    pub fn view(&self) -> Result<<M::Out<'_> as VariableClass>::View<'_>, DecodeError> {
        M::Out::decode(&self.bytes)
    }

    /// Returns the bytes of the output.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<C: VariableClass> fmt::Debug for Data<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl<M: WmiMethod> fmt::Debug for Output<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl<D: Device> Simulator<'_, D> {
    /// Queries all instances of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the provider refuses, or its reply breaks a
    /// rule.
    pub fn query_all<C: FixedBlock>(&mut self) -> Result<Vec<InstanceValue<Wire<C>>>, Failure> {
        self.all_of(C::GUID, fixed::<C>)
    }

    /// Queries one instance of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the provider refuses, or its reply breaks a
    /// rule.
    pub fn query<'i, C: FixedBlock>(
        &mut self,
        instance: impl Into<Select<'i>>,
    ) -> Result<Wire<C>, Failure> {
        let data = self.single_data(C::GUID, instance.into())?;
        fixed(Minor::QuerySingleInstance, 0, data)
    }

    /// Queries all instances of a class of variable size.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the provider refuses, or its reply breaks a
    /// rule.
    pub fn query_all_variable<C: DataBlock + VariableClass>(
        &mut self,
    ) -> Result<Vec<InstanceValue<Data<C>>>, Failure> {
        self.all_of(C::GUID, variable::<C>)
    }

    /// Queries one instance of a class of variable size.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the provider refuses, or its reply breaks a
    /// rule.
    pub fn query_variable<'i, C: DataBlock + VariableClass>(
        &mut self,
        instance: impl Into<Select<'i>>,
    ) -> Result<Data<C>, Failure> {
        let data = self.single_data(C::GUID, instance.into())?;
        variable(Minor::QuerySingleInstance, 0, data)
    }

    /// Sets all items of an instance of a class of fixed size.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the value cannot be encoded, or the provider
    /// refuses.
    pub fn set<'i, C: FixedBlock>(
        &mut self,
        instance: impl Into<Select<'i>>,
        block: &Wire<C>,
    ) -> Result<(), Failure> {
        self.change_instance(C::GUID, instance.into(), block.as_bytes())
    }

    /// Sets all items of an instance of a class of variable size.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the value cannot be encoded, or the provider
    /// refuses.
    pub fn set_variable<'i, C: DataBlock + VariableClass>(
        &mut self,
        instance: impl Into<Select<'i>>,
        values: &C,
    ) -> Result<(), Failure> {
        let data = encoded(values)?;
        self.change_instance(C::GUID, instance.into(), &data)
    }

    /// Sets one item of an instance.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the value cannot be encoded, or the provider
    /// refuses.
    pub fn set_item<'i, C: FixedBlock, T: WmiField>(
        &mut self,
        instance: impl Into<Select<'i>>,
        item: Item<C, T>,
        value: T::Value,
    ) -> Result<(), Failure> {
        let value = T::encode(value);
        self.change_item(C::GUID, instance.into(), item.id(), value.as_bytes())
    }

    /// Executes the method `M` of an instance of the class `C`.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, the input cannot be encoded, the provider
    /// refuses, or its output breaks a rule.
    pub fn execute<'i, C: DataBlock, M: WmiMethod>(
        &mut self,
        instance: impl Into<Select<'i>>,
        input: &M::In<'_>,
    ) -> Result<Output<M>, Failure> {
        let data = encoded(input)?;
        let bytes = self.execute_data(C::GUID, instance.into(), M::ID, &data)?;
        let output = Output {
            bytes,
            method: PhantomData,
        };
        match output.view().map(|_| ()) {
            Ok(()) => Ok(output),
            Err(error) => Err(not_of_class::<C>(Minor::ExecuteMethod, 0, error)),
        }
    }

    /// Queries all instances, and converts the data of each.
    fn all_of<T>(
        &mut self,
        guid: Guid,
        read: impl Fn(Minor, u32, Vec<u8>) -> Result<T, Failure>,
    ) -> Result<Vec<InstanceValue<T>>, Failure> {
        let all = self.all_data(guid)?;
        (0..)
            .zip(all)
            .map(|(index, InstanceValue { name, value })| {
                let value = read(Minor::QueryAllData, index, value)?;
                Ok(InstanceValue { name, value })
            })
            .collect()
    }

    /// Subscribes to the events of a class. The provider is notified of the first subscription.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, or the provider refuses.
    pub fn enable_events<C: DataBlock>(&mut self) -> Result<(), Failure> {
        self.open_all(Switch::Events, C::GUID)
    }

    /// Ends a subscription to the events of a class. The provider is notified of the end of the
    /// last subscription.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not open, or the provider refuses.
    pub fn disable_events<C: DataBlock>(&mut self) -> Result<(), Failure> {
        self.close_all(Switch::Events, C::GUID)
    }

    /// Opens a block for reading. The provider of an expensive block is notified of the first
    /// reader. Each query does this itself.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not registered, or the provider refuses.
    pub fn enable_collection<C: DataBlock>(&mut self) -> Result<(), Failure> {
        self.open_all(Switch::Collection, C::GUID)
    }

    /// Closes a block that was opened for reading. The provider of an expensive block is notified
    /// after the last reader.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the block is not open, or the provider refuses.
    pub fn disable_collection<C: DataBlock>(&mut self) -> Result<(), Failure> {
        self.close_all(Switch::Collection, C::GUID)
    }
}

fn encoded(values: &impl VariableClass) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![0; values.encoded_size()?];
    values.encode(&mut bytes)?;
    Ok(bytes)
}

fn fixed<C: FixedBlock>(minor: Minor, instance: u32, data: Vec<u8>) -> Result<Wire<C>, Failure> {
    let read = Wire::decode(&data);
    let block = read.map_err(|error| not_of_class::<C>(minor, instance, error))?;
    let broken = |rule| violation_of::<C>(minor, rule);
    // Strings, and therefore the block, may be shorter than their capacity.
    if !wmi_core::layout::has_text(C::ITEMS) {
        check::size(data.len(), C::SIZE, C::ALIGN).map_err(broken)?;
    }
    Ok(block)
}

fn variable<C: DataBlock + VariableClass>(
    minor: Minor,
    instance: u32,
    bytes: Vec<u8>,
) -> Result<Data<C>, Failure> {
    Data::decode(bytes).map_err(|error| not_of_class::<C>(minor, instance, error))
}

fn not_of_class<C: DataBlock>(minor: Minor, instance: u32, error: DecodeError) -> Failure {
    let error = ItemDecodeError::from(error);
    let error = ReplyError::Data { instance, error };
    violation_of::<C>(minor, ProtocolRule::data(error))
}

fn violation_of<C: DataBlock>(minor: Minor, rule: ProtocolRule) -> Failure {
    let mut violation = violation(minor, C::GUID.into(), rule);
    violation.class = Some(C::CLASS.name.into());
    violation.into()
}
