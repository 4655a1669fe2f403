//! Calls by name, using the schema of the simulator.

use super::ProtocolRule;
use super::{Device, Failure, InstanceValue, Select, Simulator};
use crate::client::{DataObject, Datum, ItemDecodeError, ReplyError};
use crate::layout::BlockLayout;
use wmi_core::Guid;
use wmi_core::provider::Minor;
use wmi_core::schema::{Class, Method};

impl<'s, D: Device> Simulator<'s, D> {
    /// Queries all instances of a class.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the schema lacks the class, the block is not registered, the provider
    /// refuses, or its reply breaks a rule.
    pub fn query_all_objects(
        &mut self,
        class: &str,
    ) -> Result<Vec<InstanceValue<DataObject<'static>>>, Failure> {
        let (class, guid) = self.class(class)?;
        let layout = BlockLayout::of(class, self.client.classes())?;
        let all = self.all_data(guid)?;
        all.into_iter()
            .map(|InstanceValue { name, value }| {
                let object = DataObject::decode(&layout, &value).map(DataObject::into_owned);
                let value =
                    object.map_err(|why| self.not_of_class(Minor::QueryAllData, guid, why))?;
                Ok(InstanceValue { name, value })
            })
            .collect()
    }

    /// Queries one instance of a class.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the schema lacks the class, the block is not registered, the provider
    /// refuses, or its reply breaks a rule.
    pub fn query_object<'i>(
        &mut self,
        class: &str,
        instance: impl Into<Select<'i>>,
    ) -> Result<DataObject<'static>, Failure> {
        let (class, guid) = self.class(class)?;
        let layout = BlockLayout::of(class, self.client.classes())?;
        let data = self.single_data(guid, instance.into())?;
        let object = DataObject::decode(&layout, &data).map(DataObject::into_owned);
        object.map_err(|why| self.not_of_class(Minor::QuerySingleInstance, guid, why))
    }

    /// Sets all items of an instance of the class that the object names.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the schema lacks a name, a value does not fit, the block is not registered,
    /// or the provider refuses.
    pub fn set_object<'i>(
        &mut self,
        instance: impl Into<Select<'i>>,
        object: &DataObject<'_>,
    ) -> Result<(), Failure> {
        let (class, guid) = self.class(object.class())?;
        let layout = BlockLayout::of(class, self.client.classes())?;
        let data = object.encode(&layout)?;
        self.change_instance(guid, instance.into(), &data)
    }

    /// Sets one item of an instance of a class.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the schema lacks a name, a value does not fit, the block is not registered,
    /// or the provider refuses.
    pub fn set_value<'i, 'v>(
        &mut self,
        class: &str,
        instance: impl Into<Select<'i>>,
        item: &str,
        value: impl Into<Datum<'v>>,
    ) -> Result<(), Failure> {
        let (class, guid) = self.class(class)?;
        let layout = BlockLayout::of(class, self.client.classes())?;
        let item = layout.item(item).ok_or_else(|| unknown(item))?;
        let data = value.into().encode(item)?;
        self.change_item(guid, instance.into(), item.id, &data)
    }

    /// Executes the method that the input names, on an instance of a class.
    ///
    /// # Errors
    ///
    /// [`Failure`] if the schema lacks a name, a value does not fit, the block is not registered,
    /// the provider refuses, or its output breaks a rule.
    pub fn execute_object<'i>(
        &mut self,
        class: &str,
        instance: impl Into<Select<'i>>,
        input: &DataObject<'_>,
    ) -> Result<DataObject<'static>, Failure> {
        let (class, guid) = self.class(class)?;
        let (method, id) = method(class, input.class())?;
        let classes = self.client.classes();
        let data = input.encode(&BlockLayout::of_input(method, classes)?)?;
        let layout = BlockLayout::of_output(method, classes)?;
        let data = self.execute_data(guid, instance.into(), id, &data)?;
        let output = DataObject::decode(&layout, &data).map(DataObject::into_owned);
        output.map_err(|why| self.not_of_class(Minor::ExecuteMethod, guid, why))
    }

    fn class(&self, name: &str) -> Result<(&'s Class<'s>, Guid), Failure> {
        let class = self.client.classes().get(name);
        let class = class.ok_or_else(|| unknown(name))?;
        Ok((class, class.guid().ok_or_else(|| unknown(name))?))
    }

    fn not_of_class(&self, minor: Minor, guid: Guid, error: ItemDecodeError) -> Failure {
        let rule = ProtocolRule::data(ReplyError::first(error));
        self.violation(minor, guid.into(), rule).into()
    }
}

fn method<'s>(class: &Class<'s>, name: &str) -> Result<(&'s Method<'s>, u32), Failure> {
    let mut methods = class.methods.iter();
    let method = methods.find(|method| method.name.eq_ignore_ascii_case(name));
    let method = method.ok_or_else(|| unknown(name))?;
    Ok((method, method.method_id().ok_or_else(|| unknown(name))?))
}

fn unknown(name: &str) -> Failure {
    Failure::Unknown { name: name.into() }
}
