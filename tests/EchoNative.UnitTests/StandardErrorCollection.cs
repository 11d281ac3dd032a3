namespace EchoNative.UnitTests;

/// <summary>Tests that take standard error away from the host: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(StandardErrorCollection), DisableParallelization = true)]
public sealed class StandardErrorCollection;
