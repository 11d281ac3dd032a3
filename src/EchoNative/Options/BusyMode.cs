namespace EchoNative.Options;

/// <summary>What a server that is full does with a further client.</summary>
internal enum BusyMode
{
    /// <summary>Lets it wait in the kernel's queue.</summary>
    Wait,

    /// <summary>Disconnects it at once.</summary>
    Refuse,
}
