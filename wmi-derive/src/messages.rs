// Lower case, no full stop; the attribute in backticks; the remedy after a semicolon or colon.
messages! {
    // Attribute syntax
    no_list() => "`wmi` takes a list; write `#[wmi(name = value, ..)]`";
    no_attribute_name() => "expected the name of an attribute";
    unknown_attribute(name, known) => "unknown attribute `{name}`; it may be {known}";
    unknown_attribute_or_qualifier(name) => "unknown attribute `{name}`; the documentation of the derive lists all; write a qualifier without an attribute as `qualifier(Name(..))`";
    unknown_attribute_near(name, near) => "unknown attribute `{name}`; did you mean `{near}`?";
    misplaced(name, right, wrong) => "`{name}` belongs on {right}, not on {wrong}";
    duplicate(name) => "`{name}` is given twice; remove one";
    first_given(name) => "`{name}` is first given here";
    takes_flag(name) => "`{name}` takes no value, or `= true` or `= false`";
    takes_text(name) => "`{name}` takes a string; write `{name} = \"..\"`";
    takes_number(name) => "`{name}` takes a whole number; write `{name} = 1`";
    takes_locale(name) => "`{name}` takes a locale; write `{name} = 0x409` or `{name} = \"MS\\\\0x409\"`";
    takes_path(name) => "`{name}` takes a path; write `{name} = some::path`";
    takes_class(name) => "`{name}` takes a name or a class; write `{name} = \"..\"` or `{name} = SomeClass`";
    takes_field(name) => "`{name}` takes a field; write `{name} = some_field`";
    takes_types(name) => "`{name}` takes types; write `{name}(SomeMethod, ..)`";
    takes_qualifier(name) => "`{name}` takes a qualifier in MOF syntax; write `{name}(Name(\"..\"))`, `{name}(Name{{\"..\", ..}} : flavor)` or the like";
    takes_literal(name) => "`{name}` takes a value in MOF syntax; write `{name} = 1`, `{name} = \"..\"` or `{name} = {{1, 2}}`";
    takes_order(name) => "`{name}` takes the names of qualifiers; write `{name}(guid, Description : amended, ..)`";
    takes_properties(name) => "`{name}` takes properties in MOF syntax; write `{name}([key, read] string InstanceName, ..)`";
    takes_list(name) => "`{name}` takes a list; write `{name}(..)`";
    unknown_allow(name, known) => "`allow({name})` is unknown here; it may be `allow({known})`";
    out_of_range(name, low, high) => "`{name}` takes a number from {low} to {high}";
    perf_detail(name, levels) => "`{name}` is one of {levels}";
    nul(what) => "`{what}` holds a NUL character, which MOF cannot express; remove it";
    doc_macro() => "the description cannot be read from a macro; add `description = \"..\"`";
    cpp_quote_empty() => "`cpp_quote` without a text repeats the description, but there is none; write `cpp_quote = \"..\"` or a doc comment";

    // The struct
    not_a_struct(kind) => "a WMI class is a struct with named fields, not {kind}";
    generic() => "a WMI class has one fixed layout and cannot be generic; remove the parameters";
    borrows() => "a class with `&str` or `&[T]` has a variable size; add `#[wmi(variable)]`, or take `Text<N>` or `[T; N]`";
    lifetimes() => "a class has at most one lifetime; use the same one in all fields";
    packed() => "the fields of a packed struct cannot be borrowed; remove `packed`, the wire layout does not depend on it";
    empty() => "a WMI class needs at least one item; add a field with `#[wmi(data_id = 1)]`";
    class_name(name, why) => "`{name}` is not a legal class name: {why}; choose another with `name = \"..\"`";
    base_name(name, why) => "`{name}` is not a legal class name: {why}";
    no_guid() => "a registered class needs a GUID; add `guid = \"..\"`, or `embedded` if the class is only a part of others";
    malformed_guid(why) => "`guid` is malformed: {why}; write `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`";
    nil_guid() => "the all-zero GUID does not identify a class; generate a fresh one";
    sample_guid(origin) => "this GUID was copied from {origin}, whose drivers would answer for this class; generate a fresh one, or add `allow(sample_guid)` if this is that class";
    registered_only() => "`registered` is only for an `embedded` class, as others are registered anyway; remove it";
    exclusive(first, second) => "`{first}` and `{second}` exclude each other; remove one";
    event_base() => "an event derives from `WMIEvent`; add `base = \"WMIEvent\"`, or a class that derives from it";
    not_for_kind(name, kind) => "`{name}` has no meaning on {kind}; remove it";

    // Fields
    no_data_id(field, next) => "`{field}` has no `data_id`; add `#[wmi(data_id = {next})]`";
    repeated_data_id(id, field) => "`data_id` {id} is already used by `{field}`; each item needs its own";
    first_data_id(id) => "`data_id` {id} is first used here";
    gap(id, found) => "`data_id` {id} is missing before {found}; the ids of a class run from 1 without gaps";
    added_item(name) => "`{name}` is added to every registered class automatically; remove the field";
    item_name(name, why) => "`{name}` is not a legal item name: {why}; choose another with `name = \"..\"`";
    repeated_name(name, other) => "`{name}` and `{other}` are the same name in MOF, which ignores case; rename one with `name = \"..\"`";
    first_name(name) => "`{name}` is first used here";
    unknown_counter(name) => "`{name}` is not a counter type of winperf.h";
    unknown_counter_near(name, near) => "`{name}` is not a counter type of winperf.h; did you mean `{near}`?";
    no_counter_data(name, why) => "`{name}` {why}; take another counter type";
    counter_write(name) => "`{name}` only grows and cannot be set; remove `write`, or add `allow(counter_write)` if the class was published this way";
    base_missing(counter, kind, line) => "`{counter}` is a `{kind}`, which needs its base right behind it; add `{line}`, or add `allow(counter_base)` if the class was published this way";
    base_place(base, counter, kind, id) => "`{base}` must stand right behind `{counter}`, whose `{kind}` needs it there; give it `data_id = {id}`, or add `allow(counter_base)` if the class was published this way";
    base_type(base, counter, kind, wanted) => "`{base}` is the base of `{counter}`, a `{kind}`; give it `counter = \"{wanted}\"`, or add `allow(counter_base)` if the class was published this way";
    base_name_of(found, counter, base) => "`{found}` stands where the base of `{counter}` does and has its type; name it by `name = \"{base}\"`, or add `allow(counter_base)` if the class was published this way";
    base_alone(base, kind) => "`{base}` is a `{kind}`, but the item before it is not a counter that needs a base; move it right behind its counter, take another counter type, or add `allow(counter_base)` if the class was published this way";
    needs_counter(name) => "`{name}` is for counters; add `counter = \"PERF_..\"` or remove it";
    // Methods
    no_method_id() => "a method needs an id, which identifies it in requests; add `#[wmi(id = 1)]`";
    not_a_method(kind) => "a method is a struct whose fields are its parameters, not {kind}";
    no_direction(parameter) => "`{parameter}` has no direction; add `#[wmi(in)]`, `#[wmi(out)]` or both";
    parameter_order(name) => "`{name}` must come before the array that it counts";
    parameter_direction(name) => "`{name}` must have every direction of the array that it counts";
    // Enumerations
    not_an_enum() => "only the variants of an enum can name values; derive this for an enum";
    empty_enum() => "an enumeration needs at least one variant";
    enum_repr() => "the width on the wire is unknown; add `#[repr(u32)]` or another integer";
    variant_fields() => "a variant is one value and has no fields; remove them";
    variant_value() => "the value must be a literal number, as it is written to MOF";
    no_define() => "either all variants have a name for the C header or none; add `define = \"..\"`";
    not_one_bit(value) => "{value} is not a single bit; give each flag a power of two";

    // Order of qualifiers
    order_repeats(name) => "`order` names `{name}` twice; remove one";
    order_lacks(name) => "`order` names all qualifiers but `{name}`; add it";
    order_unknown(name) => "`order` names `{name}`, which is not a qualifier here; remove it or write it as an attribute";

    // Free qualifiers, events, sizes
    misspelt_qualifier(name, near) => "`{name}` is not a WMI qualifier; did you mean `{near}`? If it was published this way, add `allow(spelling)`";
    own_qualifier(name) => "`{name}` is implied by the struct or has its own attribute; it cannot be written as a free qualifier";
    base_items(kind) => "{kind} has no items; remove the fields";
    size_is_variable() => "an array of variable length gives the class a variable size; add `#[wmi(variable)]` to the struct";
    size_is_unknown(name) => "there is no field `{name}` to hold the count; name one with `size_is = field`";
    size_is_order(name) => "`{name}` must come before the array that it counts; give it a smaller `data_id`";
    generated_name(name, field) => "the field `{field}` would generate `{name}`, which is already used; rename the field and keep its WMI name with `name = \"..\"`";
    recursion(name) => "`{name}` cannot contain itself; classes nest to a finite depth";
}
