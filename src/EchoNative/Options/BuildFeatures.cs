using System;
using System.Diagnostics.CodeAnalysis;

namespace EchoNative.Options;

/// <summary>What the build contains, decided when it is made: what it does not contain, the compiler leaves out.</summary>
internal static class BuildFeatures
{
    /// <summary>Whether the managed engine is there.</summary>
    [FeatureSwitchDefinition("EchoNative.Managed")]
    public static bool HasManagedEngine => AppContext.TryGetSwitch("EchoNative.Managed", out bool isOn) && isOn;
}
