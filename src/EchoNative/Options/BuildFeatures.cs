using System;
using System.Diagnostics.CodeAnalysis;

namespace EchoNative.Options;

/// <summary>
/// Which parts the build contains. The project file decides it, and the ahead-of-time compiler removes the code behind a
/// feature that is off.
/// </summary>
internal static class BuildFeatures
{
    /// <summary>
    /// Whether the build contains the managed engine. Ask for it in the same condition as the use of the engine: only then
    /// can the compiler remove the engine.
    /// </summary>
    [FeatureSwitchDefinition("EchoNative.Managed")]
    public static bool HasManagedEngine => AppContext.TryGetSwitch("EchoNative.Managed", out bool isOn) && isOn;
}
