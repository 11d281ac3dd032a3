namespace EchoNative.PlatformTests.Containers;

/// <summary>The tests that start containers share the images.</summary>
[CollectionDefinition(nameof(ContainersCollection))]
public sealed class ContainersCollection : ICollectionFixture<ContainerEngine>;
