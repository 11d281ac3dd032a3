using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using EchoNative.Posix;

namespace EchoNative.UnitTests;

/// <summary>The declarations for this machine, and the comparison with the C library that is installed here.</summary>
public sealed class HostLibcTests() : LibcTests(Target.Here)
{
    [Fact]
    public void Each_function_is_in_the_C_library_and_called_without_a_stub_that_keeps_errno()
    {
        nint library = NativeLibrary.Load("libc.so.6");
        IEnumerable<MethodInfo> functions = typeof(Libc).GetMethods(Everything).Where(method => !s_macros.Contains(method.Name));
        Assert.All(functions, function =>
        {
            DllImportAttribute? import = function.GetCustomAttribute<DllImportAttribute>();
            Assert.NotNull(import);
            Assert.False(import.SetLastError, function.Name);
            Assert.Equal(Libc.Name, import.Value);
            Assert.True(NativeLibrary.TryGetExport(library, import.EntryPoint ?? function.Name, out nint _), function.Name);
            Assert.Equal(function.Name, import.EntryPoint ?? function.Name);
        });
    }

    [Fact]
    public void Each_system_call_has_the_number_that_C_gives_it_on_arm64() =>
        AssertCompiles(
        [
            // The kernel has one table for all newer processors, arm64 among them.
            .. SystemCallNames.All.Keys.Select(name => $"#undef __NR_{name}"),
            "#define __ARCH_WANT_NEW_STAT", // as arm64 does
            "#include <asm-generic/unistd.h>",
            .. SystemCallNames.All.Select(pair => AssertValue($"__NR_{pair.Key}", pair.Value.Arm64)),
        ]);
}
