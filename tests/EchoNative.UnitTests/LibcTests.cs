using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using EchoNative.Posix;
using Tmds.Linux;

namespace EchoNative.UnitTests;

/// <summary>
/// Compares all declarations of the C library with the C headers, by means of the C compiler. Reflection finds all members
/// of Libc/ and all members of Tmds.LibC that the program uses; one that no test compares is a failure.
/// </summary>
public abstract class LibcTests(Target target)
{
    private protected const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly string[] s_fileTypes =
    [
        nameof(LibC.S_ISSOCK), nameof(LibC.S_ISFIFO), nameof(LibC.S_ISCHR), nameof(LibC.S_ISLNK), nameof(LibC.S_ISREG),
    ];

    // Other tests compare these for all arguments.
    private protected static readonly string[] s_macros =
        [nameof(Libc.WIFEXITED), nameof(Libc.WEXITSTATUS), nameof(Libc.WIFSIGNALED), nameof(Libc.WTERMSIG), .. s_fileTypes];

    // The C names of types that are not "struct NAME" in C.
    private static readonly Dictionary<string, string> s_otherTypeNames = new()
    {
        ["Elf64_Ehdr"] = "Elf64_Ehdr",
        ["Elf64_Phdr"] = "Elf64_Phdr",
        ["Elf64_Shdr"] = "Elf64_Shdr",
        ["epoll_data_t"] = "epoll_data_t",
        ["long_t"] = "long",
        ["sigset_t"] = "sigset_t",
    };

    private static readonly Dictionary<Signal, string> s_signalNames = new()
    {
        [Signal.None] = "0",
        [Signal.Hangup] = "SIGHUP",
        [Signal.Interrupt] = "SIGINT",
        [Signal.Quit] = "SIGQUIT",
        [Signal.Kill] = "SIGKILL",
        [Signal.User1] = "SIGUSR1",
        [Signal.User2] = "SIGUSR2",
        [Signal.Pipe] = "SIGPIPE",
        [Signal.Alarm] = "SIGALRM",
        [Signal.Terminate] = "SIGTERM",
        [Signal.Child] = "SIGCHLD",
        [Signal.FileSizeExceeded] = "SIGXFSZ",
    };

    [Fact]
    public void Each_type_is_laid_out_as_C_lays_it_out()
    {
        Type[] own = target.Own.GetNestedTypes(Everything);
        Assert.Contains(own, type => type.Name == nameof(Libc.addrinfo));
        Assert.Contains(target.Used.Types, type => type.Name == nameof(sockaddr_in6));
        AssertCompiles(own.Concat(target.Used.Types).SelectMany(AssertLayout));
    }

    [Fact]
    public void Each_constant_has_the_value_that_C_gives_it()
    {
        FieldInfo[] own = [.. target.Own.GetFields(Everything).Where(field => field.Name != nameof(Libc.Name))];
        Assert.All(own, field => Assert.True(
            field.IsLiteral && (field.FieldType == typeof(int) || field.FieldType == typeof(uint)), $"{field.Name} is no int"));
        Assert.Contains(own, field => field.Name == nameof(Libc.PR_SET_PDEATHSIG));
        Assert.Contains(target.Used.Constants, property => property.Name == nameof(LibC.EAGAIN));
        AssertCompiles(
        [
            .. own.Select(field => AssertValue(field.Name, Number(field.GetRawConstantValue()!))),
            .. target.Used.Constants.Select(property => AssertValue(property.Name, Number(property.GetValue(null)!))),
        ]);
    }

    [Fact]
    public void Each_function_takes_and_returns_what_it_does_in_C()
    {
        MethodInfo[] functions =
        [
            .. target.Own.GetMethods(Everything).Concat(target.Used.Functions).Where(method => !s_macros.Contains(method.Name)),
        ];
        Assert.Equal(NativePrototype.All.Keys.Order(), functions.Select(function => function.Name).Distinct().Order());
        AssertCompiles(
        [
            .. NativePrototype.All.Values.Select(prototype => prototype.Assertion),
            .. functions.SelectMany(AssertSignature),
        ]);
    }

    [Fact]
    public void Each_macro_that_is_written_in_C_sharp_is_compared_by_a_test() =>
        Assert.Equal(
            s_macros.Order(),
            target.Own.GetMethods(Everything).Where(method => !method.Attributes.HasFlag(MethodAttributes.PinvokeImpl))
                .Concat(target.Used.Functions.Where(method => !NativePrototype.All.ContainsKey(method.Name)))
                .Select(method => method.Name).Order());

    [Fact]
    public void Each_signal_has_the_number_that_C_gives_it() =>
        AssertCompiles(
        [
            .. Enum.GetValues<Signal>().Select(signal => AssertValue(s_signalNames[signal], (int)signal)),
            AssertValue("_NSIG - 1", SignalSet.HighestSignal),
        ]);

    [Fact]
    public void The_offsets_that_a_filter_reads_are_those_of_struct_seccomp_data() =>
        AssertCompiles(
        [
            AssertValue("offsetof(struct seccomp_data, nr)", FilterConstant("NumberOffset")),
            AssertValue("offsetof(struct seccomp_data, arch)", FilterConstant("ArchitectureOffset")),
            AssertValue("offsetof(struct seccomp_data, args)", FilterConstant("ArgumentsOffset")),
            AssertValue("sizeof(((struct seccomp_data *)0)->args[0])", FilterConstant("ArgumentLength")),
            "_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, \"the lower half comes first\");",
        ]);

    [Fact]
    public void The_offsets_in_an_entry_of_a_folder_are_those_of_C() =>
        AssertCompiles(
        [
            AssertValue("offsetof(struct dirent64, d_reclen)", PrivateConstant(typeof(InheritedDescriptors), "LengthOffset")),
            AssertValue("offsetof(struct dirent64, d_name)", PrivateConstant(typeof(InheritedDescriptors), "NameOffset")),
        ]);

    [Fact]
    public void Each_system_call_has_the_number_that_C_gives_it() =>
        AssertCompiles(SystemCallNames.All.Select(pair => AssertValue($"SYS_{pair.Key}", pair.Value.On(target.Architecture))));

    [Fact]
    public void A_socket_address_is_as_long_as_C_says() =>
        AssertCompiles(
        [
            AssertValue("sizeof(struct sockaddr_in)", PrivateConstant(typeof(SocketAddress), "Ipv4Length")),
            AssertValue("sizeof(struct sockaddr_in6)", PrivateConstant(typeof(SocketAddress), "Ipv6Length")),
            AssertValue("sizeof(struct sockaddr_in6)", Unsafe.SizeOf<SocketAddress>()),
            // [address%interface]:port with the longest of each; an interface is shown as a number of 32 bits.
            $"_Static_assert({SocketAddress.MaxTextLength} >= INET6_ADDRSTRLEN + sizeof(\"[%4294967295]:65535\"), \"text\");",
        ]);

    [Fact]
    public void Each_file_type_is_recognized_as_by_the_C_macros()
    {
        string output = target.C.Run("""
            for (int mode = 0; mode < 65536; mode++)
            {
                printf("%d%d%d%d%d\n",
                    !!S_ISSOCK(mode), !!S_ISFIFO(mode), !!S_ISCHR(mode), !!S_ISLNK(mode), !!S_ISREG(mode));
            }
            """);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(65536, lines.Length);
        for (int mode = 0; mode < lines.Length; mode++)
        {
            string ours = string.Concat(
                s_fileTypes.Select(macro => Holds(macro, (ushort)mode) ? '1' : '0'));
            Assert.Equal((mode, lines[mode]), (mode, ours));
        }
    }

    [Fact]
    public void A_wrong_declaration_is_found()
    {
        // All tests above rely on this: the compiler reports a wrong declaration.
        Assert.Equal("", target.C.Compile(AssertValue("EPIPE", 32)));
        Assert.NotEqual("", target.C.Compile(AssertValue("EPIPE", 33)));
        Assert.NotEqual("", target.C.Compile(AssertValue("ENOSUCHERROR", 1)));
        Assert.NotEqual("", target.C.Compile(new NativePrototype("int", "close", "unsigned int").Assertion));
        Assert.NotEqual("", target.C.Compile(new NativePrototype("int", "close", "int", "int").Assertion));
    }

    private bool Holds(string macro, ushort mode)
    {
        MethodInfo method = target.Tmds.GetMethod(macro)!;
        MethodInfo convert = method.GetParameters()[0].ParameterType.GetMethod("op_Implicit", [typeof(ushort)])!;
        return (bool)method.Invoke(null, [convert.Invoke(null, [mode])])!;
    }

    private protected void AssertCompiles(IEnumerable<string> declarations) =>
        Assert.Equal("", target.C.Compile(string.Join('\n', declarations) + '\n'));

    private protected static string AssertValue(string expression, long value) =>
        string.Create(
            CultureInfo.InvariantCulture, $"_Static_assert((long)({expression}) == {value}L, \"{expression} is {value}\");");

    private static IEnumerable<string> AssertLayout(Type type)
    {
        FieldInfo[] fields = type.GetFields(Everything);
        if (IsScalar(type))
        {
            return AssertScalar(CName(type), type);
        }

        IEnumerable<string> assertions = [AssertValue($"sizeof({CName(type)})", Marshal.SizeOf(type))];
        foreach (FieldInfo field in fields)
        {
            if (CName(field) is string member)
            {
                string place = $"((({CName(type)} *)0)->{member})";
                string offset = $"__builtin_offsetof({CName(type)}, {member})";
                Type fieldType = HasOtherSign(type, member) ? typeof(uint) : field.FieldType;
                assertions = assertions
                    .Append(AssertValue(offset, (long)Marshal.OffsetOf(type, field.Name)))
                    .Concat(AssertScalar($"__typeof__({place})", fieldType));
            }
        }

        return assertions;
    }

    private static IEnumerable<string> AssertSignature(MethodInfo function)
    {
        NativePrototype prototype = NativePrototype.All[function.Name];
        Type[] passed = [.. function.GetParameters().Select(parameter => parameter.ParameterType)];

        // fcntl(2) takes a third argument for some commands. Tmds.LibC has an overload for each number of arguments.
        bool isVariadic = function.Name == nameof(LibC.fcntl);
        Assert.True(isVariadic || passed.Length == prototype.Arguments.Count, $"{function.Name} has {passed.Length} parameters");
        return prototype.Arguments.Zip(passed).Append((prototype.Returns, function.ReturnType))
            .SelectMany(pair => AssertScalar(pair.Item1, pair.Item2));
    }

    private static IEnumerable<string> AssertScalar(string name, Type type)
    {
        if (type == typeof(void))
        {
            Assert.Equal("void", name);
            return [];
        }

        string size = AssertValue($"sizeof({name})", type.IsPointer ? nint.Size : Marshal.SizeOf(type));
        Type number = type;
        while (IsScalar(number) && !number.IsPrimitive)
        {
            number = number.GetFields(Everything).Single().FieldType;
        }

        // A pointer in C# must be one in C as well; a number must have the same sign.
        return number.IsPrimitive ? [size, AssertValue($"(({name})-1 < 0)", IsSigned(number) ? 1 : 0)]
            : type.IsPointer ? [size, AssertPointer(name)]
            : [size];
    }

    // The types of socket address arguments are transparent unions of pointers.
    private static string AssertPointer(string name)
    {
        const int PointerClass = 5; // see typeclass.h of GCC
        return name.EndsWith("SOCKADDR_ARG", StringComparison.Ordinal)
            ? ""
            : AssertValue($"__builtin_classify_type(({name})0)", PointerClass);
    }

    // A type such as size_t is a struct with one number in C#.
    private static bool IsScalar(Type type) =>
        type.IsPrimitive || (type.GetFields(Everything) is [{ Name: "__value" }] && !type.IsPointer);

    // Tmds.LibC has the flags of epoll as int, C as unsigned. Only EPOLLET would need the sign bit, and it is not used.
    private static bool HasOtherSign(Type type, string member) =>
        type.Name == nameof(epoll_event) && member == nameof(epoll_event.events);

    private static bool IsSigned(Type number) =>
        number == typeof(nint) || number == typeof(sbyte) || number == typeof(short)
        || number == typeof(int) || number == typeof(long);

    private static string CName(Type type) =>
        s_otherTypeNames.TryGetValue(type.Name, out string? name) ? name
        : IsScalar(type) ? type.Name
        : $"struct {type.Name}";

    /// <summary>The name of a field in C; null for padding, which the comparison of sizes covers.</summary>
    private static string? CName(FieldInfo field)
    {
        const string BackingField = ">k__BackingField";
        if (field.Name.EndsWith(BackingField, StringComparison.Ordinal))
        {
            return field.Name[1..^BackingField.Length];
        }

        return field.Name == "__handler" ? nameof(sigaction.sa_handler)
            : field.Name.StartsWith('_') ? null
            : field.Name;
    }

    private static unsafe long Number(object value) => value switch
    {
        Pointer pointer => (long)Pointer.Unbox(pointer),
        IConvertible number => number.ToInt64(CultureInfo.InvariantCulture),
        _ => Number(value.GetType().GetFields(Everything).Single().GetValue(value)!),
    };

    private static int FilterConstant(string name) => PrivateConstant(typeof(SystemCallFilter), name);

    private static int PrivateConstant(Type type, string name) =>
        (int)type.GetField(name, BindingFlags.NonPublic | BindingFlags.Static)!.GetRawConstantValue()!;
}
