namespace EchoNative.UnitTests;

/// <summary>The tests that make mappings, one after the other: the program makes them in one thread only.</summary>
[CollectionDefinition(nameof(MappingCollection))]
public sealed class MappingCollection;
