namespace EchoNative.Trace.Model;

/// <summary>How a descriptor came about.</summary>
internal enum DescriptorOrigin
{
    /// <summary>It was there before the log begins.</summary>
    Given,

    /// <summary>A call made it, and with it the file it leads to.</summary>
    Made,

    /// <summary>fork copied it from the parent.</summary>
    Forked,

    /// <summary>dup and its like made it from another one of the same process.</summary>
    Duplicated,
}
