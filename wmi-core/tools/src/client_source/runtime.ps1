# What the functions below share. Their names have no hyphen, so that no class can have them.

# Returns the number of a name of an item's values, and other values as they are.
function NumberOf {
    param($Item, $Name)
    $names = $Item['Names']
    for ($index = 0; $index -lt $names.Count; $index++) {
        if ($names[$index] -eq $Name) {
            return $Item['Numbers'][$index]
        }
    }
    $Name
}

# Returns the name of a value, or the number where it has none. Flags are joined by commas.
function NameOf {
    param($Item, $Value)
    $found = @()
    $rest = $Value
    for ($index = 0; $index -lt $Item['Names'].Count; $index++) {
        $number = $Item['Numbers'][$index]
        if (-not $Item['IsFlags'] -and $number -eq $Value) {
            return $Item['Names'][$index]
        }
        if ($Item['IsFlags'] -and $number -ne 0 -and ($Value -band $number) -eq $number) {
            $found += $Item['Names'][$index]
            $rest = $rest -band (-bnot $number)
        }
    }
    if ($found.Count -eq 0) {
        return [string] $Value
    }
    if ($rest -ne 0) {
        $found += [string] $rest
    }
    $found -join ', '
}

# Returns a value with the type of one element of an item.
function ConvertElement {
    param($Name, $Item, $Value)
    $type = [type] $Item['Type']
    $number = $Value
    if ($Item['IsFlags'] -and $Value -is [string]) {
        # The whole first: the name of a flag may have a comma.
        $number = (NumberOf $Item $Value) -as $type
        if ($null -eq $number) {
            $number = 0 -as $type
            foreach ($part in $Value -split ',') {
                $bit = (NumberOf $Item $part.Trim()) -as $type
                if ($null -eq $bit) {
                    throw "$Name has no flag '$($part.Trim())'; it has: $($Item['Names'] -join ', ')"
                }
                $number = $number -bor $bit
            }
        }
    } elseif ($Item['Names'] -and $Value -is [string]) {
        $number = NumberOf $Item $Value
    }
    $typed = $number -as $type
    if ($null -eq $typed) {
        $names = ''
        if ($Item['Names']) {
            $names = "; it has: $($Item['Names'] -join ', ')"
        }
        throw "$Name cannot hold '$Value', it is of type $($Item['Type'])$names"
    }
    $typed
}

# Returns a value with the type of an item. The comma keeps PowerShell from taking an array apart.
function ConvertValue {
    param($Name, $Item, $Value)
    if ($null -eq $Value) {
        return $null
    }
    if ($null -eq $Item['Length']) {
        return ConvertElement $Name $Item $Value
    }
    $elements = @($Value)
    if ($Item['Length'] -gt 0 -and $elements.Count -ne $Item['Length']) {
        throw "$Name has $($Item['Length']) elements, not $($elements.Count)"
    }
    $typed = [Array]::CreateInstance([type] $Item['Type'], $elements.Count)
    for ($index = 0; $index -lt $elements.Count; $index++) {
        $typed[$index] = ConvertElement "$Name[$index]" $Item $elements[$index]
    }
    return , $typed
}

# Returns the values of the items that have a parameter which was given, and of those that count them.
function ConvertGiven {
    param($Items, $Given)
    $values = @{}
    foreach ($name in $Items.Keys) {
        $item = $Items[$name]
        if ($Given.ContainsKey($item['Parameter'])) {
            $values[$name] = ConvertValue $name $item $Given[$item['Parameter']]
        }
    }
    foreach ($name in @($values.Keys)) {
        $count = $Items[$name]['CountedBy']
        if ($null -ne $count -and $Items.Contains($count) -and -not $values.ContainsKey($count)) {
            $length = 0
            if ($null -ne $values[$name]) {
                $length = @($values[$name]).Count
            }
            $values[$count] = ConvertElement $count $Items[$count] $length
        }
    }
    $values
}

# Returns the value of an item that was not given: a data block has no place for NULL.
function EmptyValue {
    param($Item)
    $length = $Item['Length']
    if ($null -ne $length) {
        $elements = [Array]::CreateInstance([type] $Item['Type'], [int] $length)
        for ($index = 0; $index -lt $length; $index++) {
            $elements[$index] = EmptyElement $Item
        }
        return , $elements
    }
    EmptyElement $Item
}

function EmptyElement {
    param($Item)
    switch ($Item['Type']) {
        'CimInstance' { return NewObject $Item['Class'] @{} }
        'string' { return '' }
        'datetime' { return [datetime]::FromFileTimeUtc(0) }
        'timespan' { return [timespan]::Zero }
    }
    0 -as [type] $Item['Type']
}

# Makes an object of an embedded class, on this machine only.
function NewObject {
    param($Class, $Given)
    $definition = $script:Classes[$Class]
    $values = ConvertGiven $definition['Items'] $Given
    foreach ($name in $definition['Items'].Keys) {
        if (-not $values.ContainsKey($name)) {
            $values[$name] = EmptyValue $definition['Items'][$name]
        }
    }
    New-CimInstance -Namespace $definition['Namespace'] -ClassName $Class -ClientOnly -Property $values
}

# Adds the names of values to an object: `ModeName` beside `Mode`.
function AddNames {
    param($Object, $Items)
    foreach ($name in $Items.Keys) {
        $item = $Items[$name]
        $property = $Object.PSObject.Properties[$name]
        if ($null -eq $property -or $null -eq $property.Value) {
            continue
        }
        if ($item['Class']) {
            foreach ($part in $property.Value) {
                $null = AddNames $part $script:Classes[$item['Class']]['Items']
            }
        }
        if (-not $item['Names'] -or $null -ne $Object.PSObject.Properties["${name}Name"]) {
            continue
        }
        $names = @(foreach ($value in $property.Value) { NameOf $item $value })
        if ($null -eq $item['Length']) {
            $names = $names[0]
        }
        Add-Member -InputObject $Object -MemberType NoteProperty -Name "${name}Name" -Value $names
    }
    $Object
}

# Reports why WMI refused a request, with the right that it needs.
function WriteFailure {
    param($Record, $Class, $Right)
    $message = "${Class}: $($Record.Exception.Message)"
    if ("$($Record.CategoryInfo.Category)" -eq 'PermissionDenied') {
        $message += " The block's security descriptor must grant $Right; " +
            'without an entry in the INF it does so only to administrators in an elevated session.'
    }
    Write-Error -Exception ([System.Exception]::new($message, $Record.Exception)) -TargetObject $Class `
        -Category $Record.CategoryInfo.Category
}

# Returns the name of an instance, if its class has names.
function InstanceNameOf {
    param($Instance)
    $property = $Instance.PSObject.Properties['InstanceName']
    if ($null -ne $property) {
        $property.Value
    }
}

# Queries a class. Names are compared here and not by a WQL filter, so that they need no escapes.
function GetInstances {
    [CmdletBinding()]
    param($Class, $InstanceName, $CimSession)
    $definition = $script:Classes[$Class]
    $arguments = @{ Namespace = $definition['Namespace']; ClassName = $Class; ErrorAction = 'Stop' }
    if ($CimSession) {
        $arguments['CimSession'] = $CimSession
    }
    try {
        $instances = @(Get-CimInstance @arguments)
    } catch {
        WriteFailure $_ $Class 'WMIGUID_QUERY'
        return
    }
    foreach ($wanted in $InstanceName) {
        $found = $instances
        if ($wanted -ne '*') {
            $found = @($instances | Where-Object {
                $name = InstanceNameOf $_
                $name -eq $wanted -or $name -like $wanted
            })
        }
        if ($found.Count -eq 0 -and -not [WildcardPattern]::ContainsWildcardCharacters($wanted)) {
            Write-Error -Message "${Class}: there is no instance '$wanted'" -TargetObject $wanted `
                -Category ObjectNotFound
        }
        foreach ($instance in $found) {
            AddNames $instance $definition['Items']
        }
    }
}

# Sets the given items: reads each instance, changes it, and writes it as a whole, as WMI demands.
function SetInstances {
    param($Class, $InstanceName, $CimSession, $Given, $Cmdlet)
    $items = [ordered]@{}
    foreach ($name in $script:Classes[$Class]['Items'].Keys) {
        $item = $script:Classes[$Class]['Items'][$name]
        if ($item['Write']) {
            $items[$name] = $item
        }
    }
    $values = ConvertGiven $items $Given
    if ($values.Count -eq 0) {
        throw "name at least one item to set: $($items.Keys -join ', ')"
    }
    foreach ($instance in GetInstances $Class $InstanceName $CimSession) {
        if (-not $Cmdlet.ShouldProcess((InstanceNameOf $instance), "Set $($values.Keys -join ', ') of $Class")) {
            continue
        }
        try {
            Set-CimInstance -InputObject $instance -Property $values -Confirm:$false -ErrorAction Stop
        } catch {
            WriteFailure $_ $Class 'WMIGUID_SET'
        }
    }
}

# Calls a method of each instance and returns its output parameters.
function InvokeMethod {
    param($Class, $Method, $InstanceName, $CimSession, $Given, $Cmdlet)
    $definition = $script:Classes[$Class]['Methods'][$Method]
    $arguments = ConvertGiven $definition['In'] $Given
    foreach ($instance in GetInstances $Class $InstanceName $CimSession) {
        if (-not $Cmdlet.ShouldProcess((InstanceNameOf $instance), "Call $Method of $Class")) {
            continue
        }
        try {
            $result = Invoke-CimMethod -InputObject $instance -MethodName $Method -Arguments $arguments `
                -Confirm:$false -ErrorAction Stop
        } catch {
            WriteFailure $_ $Class 'WMIGUID_EXECUTE'
            continue
        }
        $output = [ordered]@{ InstanceName = InstanceNameOf $instance }
        foreach ($name in $definition['Out'].Keys) {
            $property = $result.PSObject.Properties[$name]
            if ($null -ne $property) {
                $output[$name] = $property.Value
            }
        }
        AddNames ([pscustomobject] $output) $definition['Out']
    }
}

# Listens to a class of events.
function RegisterEvent {
    param($Class, $Given)
    $arguments = @{ SourceIdentifier = $Class }
    foreach ($name in 'SourceIdentifier', 'Action', 'MaxTriggerCount', 'CimSession') {
        if ($Given.ContainsKey($name)) {
            $arguments[$name] = $Given[$name]
        }
    }
    $arguments['Namespace'] = $script:Classes[$Class]['Namespace']
    try {
        Register-CimIndicationEvent @arguments -ClassName $Class -ErrorAction Stop
    } catch {
        WriteFailure $_ $Class 'WMIGUID_NOTIFICATION'
    }
}

# Returns what a clock shows for an instance: its own properties, or zeros where a driver has none.
function ClockOf {
    param($Instance, $Clock)
    $reading = @{ Timestamp = [decimal] 0; Frequency = [decimal] 0 }
    foreach ($part in 'Timestamp', 'Frequency') {
        $property = $Instance.PSObject.Properties["${part}_$Clock"]
        if ($null -ne $property -and $null -ne $property.Value) {
            $reading[$part] = [decimal] $property.Value
        }
    }
    $reading
}

# Queries a class once, with the time of this machine beside each instance.
function TakeSample {
    param($Class, $InstanceName, $CimSession)
    foreach ($instance in GetInstances $Class $InstanceName $CimSession) {
        @{
            Instance = $instance
            # Machines of several sessions may have instances of one name.
            Key = "$($instance.CimSystemProperties.ServerName)|$(InstanceNameOf $instance)"
            PerfTime = @{
                Timestamp = [decimal] [Diagnostics.Stopwatch]::GetTimestamp()
                Frequency = [decimal] [Diagnostics.Stopwatch]::Frequency
            }
            Sys100NS = @{
                Timestamp = [decimal] [datetime]::UtcNow.ToFileTimeUtc()
                Frequency = [decimal] 10000000
            }
            Object = @{ Timestamp = [decimal] 0; Frequency = [decimal] 0 }
        }
    }
}

# Returns what tools show of a counter, or why they cannot.
function CookCounter {
    param($Counter, $Older, $Newer)
    $needs = $Counter['Needs']
    $N0 = [decimal] $Older['Instance'].($Counter['Item'])
    $N1 = [decimal] $Newer['Instance'].($Counter['Item'])
    $D0, $D1, $F, $B0, $B1 = @([decimal] 0) * 5
    if ($needs -contains 'N0' -and $N1 -lt $N0) {
        return @{ Reason = 'the counter went backwards' }
    }
    if ($Counter['Clock']) {
        $old = ClockOf $Older['Instance'] $Counter['Clock']
        $new = ClockOf $Newer['Instance'] $Counter['Clock']
        # A driver's data block has no time. Both samples are by the same clock.
        if ($old['Timestamp'] -eq 0 -or $new['Timestamp'] -eq 0 -or $new['Frequency'] -eq 0) {
            $old = $Older[$Counter['Clock']]
            $new = $Newer[$Counter['Clock']]
        }
        $D0 = $old['Timestamp']
        $D1 = $new['Timestamp']
        $F = $new['Frequency']
        if ($F -eq 0 -or $D1 -eq 0) {
            return @{ Reason = 'nobody fills in the time of the object' }
        }
        if ($needs -contains 'D0' -and $D1 -le $D0) {
            return @{ Reason = 'no time passed between the samples' }
        }
    }
    if ($needs -contains 'B1') {
        if (-not $Counter['Base']) {
            return @{ Reason = 'the class has no base for the counter' }
        }
        $B0 = [decimal] $Older['Instance'].($Counter['Base'])
        $B1 = [decimal] $Newer['Instance'].($Counter['Base'])
        if ($needs -contains 'B0' -and $B1 -le $B0) {
            return @{ Reason = 'the base did not grow between the samples' }
        }
        if ($B1 -eq 0) {
            return @{ Reason = 'the base is zero' }
        }
    }
    $value = switch ($Counter['Formula']) {
#formulas
        default { return @{ Reason = 'tools do not calculate this type of counter' } }
    }
    if ($value -lt 0) {
        return @{ Reason = 'the result is negative' }
    }
    @{ Value = [double] $value }
}

# Takes two samples of a class and returns a row for each counter of each instance.
function MeasureClass {
    param($Class, $InstanceName, $CimSession, $Seconds)
    $older = @{}
    foreach ($sample in TakeSample $Class $InstanceName $CimSession) {
        $older[$sample['Key']] = $sample
    }
    if ($older.Count -eq 0) {
        return
    }
    Start-Sleep -Milliseconds ([int] (1000 * $Seconds))
    foreach ($newer in TakeSample $Class $InstanceName $CimSession) {
        $key = $newer['Key']
        if (-not $older.ContainsKey($key)) {
            continue
        }
        foreach ($counter in $script:Classes[$Class]['Counters']) {
            $cooked = CookCounter $counter $older[$key] $newer
            [pscustomobject]@{
                InstanceName = InstanceNameOf $newer['Instance']
                Counter = $counter['Name']
                Value = $cooked['Value']
                Unit = $counter['Unit']
                Reason = $cooked['Reason']
            }
        }
    }
}

# Queries every class with instances and reads each of its items.
function TestClasses {
    param($CimSession)
    foreach ($class in @($script:Classes.Keys)) {
        $definition = $script:Classes[$class]
        if (-not $definition['HasInstances']) {
            continue
        }
        $results = @(GetInstances $class '*' $CimSession -ErrorAction Continue 2>&1)
        $data = @($results | Where-Object { $_ -isnot [Management.Automation.ErrorRecord] })
        $failures = @($results | Where-Object { $_ -is [Management.Automation.ErrorRecord] })
        $problems = @($failures | ForEach-Object { "$_" })
        foreach ($instance in $data) {
            foreach ($name in $definition['Items'].Keys) {
                $property = $instance.PSObject.Properties[$name]
                if ($null -eq $property) {
                    $problems += "$(InstanceNameOf $instance): $name is not in the class of this machine"
                } elseif ($null -eq $property.Value) {
                    $problems += "$(InstanceNameOf $instance): $name is NULL"
                }
            }
        }
        if ($data.Count -eq 0 -and $problems.Count -eq 0) {
            $problems += 'there are no instances; the driver may not have registered the class'
        }
        [pscustomobject]@{
            Class = $class
            Passed = $problems.Count -eq 0
            Instances = $data.Count
            Problems = $problems
            Data = $data
        }
    }
}
