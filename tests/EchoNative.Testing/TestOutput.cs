namespace EchoNative.Testing;

/// <summary>Text that helps to understand a failed test. Nothing shows it where no test runs.</summary>
public static class TestOutput
{
    /// <summary>Adds a text to the output of the test that runs: each suite has Xunit.CaptureTraceAttribute.</summary>
    public static void Write(string text) => System.Diagnostics.Trace.WriteLine(text);
}
