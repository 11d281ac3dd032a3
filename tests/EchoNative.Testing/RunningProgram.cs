using System;
using System.Buffers;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;

namespace EchoNative.Testing;

/// <summary>
/// A program that was started, with its standard streams on pipes. What it writes is read at once. Disposing of it kills
/// it.
/// </summary>
public sealed class RunningProgram : IDisposable
{
    private const int LongestShown = 100_000;

    private static readonly string? s_expectedError = Environment.GetEnvironmentVariable("ECHO_NATIVE_EXPECTED_ERROR");

    private readonly Process _process;
    private readonly Capture _output;
    private readonly Capture _error;

    /// <summary>Starts it.</summary>
    /// <param name="path">The path of the program, or its name if it is in PATH.</param>
    /// <param name="arguments">Its arguments, passed without a shell.</param>
    /// <param name="environment">Environment variables that are set in addition.</param>
    public RunningProgram(
        string path, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        // A shell that runs the tests in the background makes them ignore SIGINT, and exec(2) would pass that on.
        ProcessStartInfo start = new("env", ["--default-signal", "--", path, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException($"{path} did not start");
        _output = new Capture(_process.StandardOutput.BaseStream);
        _error = new Capture(_process.StandardError.BaseStream);
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Its standard input. Closing the stream is the end of file.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Its standard output until now.</summary>
    public byte[] GetOutputBytes() => _output.GetBytes();

    /// <summary>Its standard output until now, as text.</summary>
    public string Output => Encoding.UTF8.GetString(_output.GetBytes());

    /// <summary>
    /// Its standard error until now, as text. If ECHO_NATIVE_EXPECTED_ERROR holds a line that every server writes on this
    /// machine, because the machine lacks something, that line is left out.
    /// </summary>
    public string Error
    {
        get
        {
            string error = Encoding.UTF8.GetString(_error.GetBytes());
            return s_expectedError is null ? error : error.Replace(s_expectedError + "\n", "", StringComparison.Ordinal);
        }
    }

    /// <summary>Both streams, for the message of a failed test. Only the end is shown of a long one.</summary>
    public string Transcript => $"standard output:\n{EndOf(_output)}\nstandard error:\n{EndOf(_error)}";

    /// <summary>Writes text to its standard input.</summary>
    public void Type(string text)
    {
        Input.Write(Encoding.UTF8.GetBytes(text));
        Input.Flush();
    }

    /// <summary>Waits until it has ended and both streams have been read to their end.</summary>
    /// <returns>The exit status; 128 plus the number of the signal if one ended it.</returns>
    public int WaitForExit()
    {
        Deadline.WaitUntil(() => _process.HasExited, $"process {Id} ends", () => Transcript);
        _output.WaitForEnd();
        _error.WaitForEnd();
        return _process.ExitCode;
    }

    /// <summary>Sends a signal to this process and no other.</summary>
    /// <param name="signal">Its name without SIG.</param>
    public void Signal(string signal) => Send(Id, signal);

    /// <summary>Sets one of its soft limits; see prlimit(1).</summary>
    /// <param name="resource">The resource, such as nofile.</param>
    /// <param name="limit">The new limit, in the form that prlimit(1) takes.</param>
    /// <returns>The limit before.</returns>
    public string Limit(string resource, string limit)
    {
        string[] process = ["--pid", Id.ToString(CultureInfo.InvariantCulture)];
        using RunningProgram before = new("prlimit", [.. process, $"--{resource}", "--raw", "--noheadings", "--output", "SOFT"]);
        int status = before.WaitForExit();
        using RunningProgram change = new("prlimit", [.. process, $"--{resource}={limit}:"]);
        return status == 0 && change.WaitForExit() == 0
            ? before.Output.Trim()
            : throw new InvalidOperationException($"prlimit fails\n{before.Transcript}\n{change.Transcript}");
    }

    /// <summary>
    /// Sends a signal to a process, by kill(1). After SIGSTOP this waits until the process has stopped: until then it could
    /// still react to other signals.
    /// </summary>
    public static void Send(int processId, string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, processId.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        if (signal == "STOP")
        {
            Deadline.WaitUntil(() => ProcessTable.StateOf(processId) is 'T' or 't', $"process {processId} stops");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string EndOf(Capture stream)
    {
        byte[] bytes = stream.GetBytes();
        int left = Math.Max(0, bytes.Length - LongestShown);
        string beginning = left > 0 ? $"({left} bytes are not shown)\n" : "";
        return beginning + Encoding.UTF8.GetString(bytes.AsSpan(left));
    }

    /// <summary>Reads a stream to its end on a thread of its own, so that the pipe is never full.</summary>
    private sealed class Capture
    {
        private const int BufferLength = 64 * 1024;

        private readonly Lock _lock = new();
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private readonly Thread _reader;

        public Capture(Stream stream)
        {
            _reader = new Thread(() => Read(stream)) { IsBackground = true };
            _reader.Start();
        }

        public byte[] GetBytes()
        {
            lock (_lock)
            {
                return _bytes.WrittenSpan.ToArray();
            }
        }

        public void WaitForEnd()
        {
            if (!_reader.Join(Deadline.Long))
            {
                throw new TimeoutException("the program has ended, but another process still has its standard streams open");
            }
        }

        private void Read(Stream stream)
        {
            byte[] buffer = new byte[BufferLength];
            int count;
            try
            {
                while ((count = stream.Read(buffer)) > 0)
                {
                    lock (_lock)
                    {
                        _bytes.Write(buffer.AsSpan(0, count));
                    }
                }
            }
            catch (Exception exception) when (exception is IOException or ObjectDisposedException)
            {
                // The test has disposed of the program, and does not need the rest.
            }
        }
    }
}
