using EchoNative.UnitTests;

namespace EchoNative.Arm64Tests;

/// <summary>What we believe about the C library and the kernel of arm64, put before the cross compiler.</summary>
public sealed class Arm64LibcTests() : LibcTests(Target.Arm64);
