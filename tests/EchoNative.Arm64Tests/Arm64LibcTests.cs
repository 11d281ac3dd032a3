using EchoNative.UnitTests;

namespace EchoNative.Arm64Tests;

/// <summary>Checks our declarations for the C library and the kernel of arm64 with the cross compiler.</summary>
public sealed class Arm64LibcTests() : LibcTests(Target.Arm64);
