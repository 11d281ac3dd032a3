namespace EchoNative.TraceTests;

/// <summary>The tests that look at recordings share them.</summary>
[CollectionDefinition(nameof(RecordingsCollection))]
public sealed class RecordingsCollection : ICollectionFixture<Recordings>;
