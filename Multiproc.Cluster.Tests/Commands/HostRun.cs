using System.Diagnostics;
using System.Text;

namespace Multiproc.Cluster.Tests.Commands;

/// <summary>multiproc-host as its users run it: the program beside the tests, with the commands for clusters beside it.</summary>
internal sealed class HostRun : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    public HostRun(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Multiproc.Host.dll"), .. arguments])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Waits for its end.</summary>
    public int ExitCode
    {
        get
        {
            _process.WaitForExit(s_bound).ShouldBeTrue($"it ends. {Output}{Errors}");
            _process.WaitForExit();
            return _process.ExitCode;
        }
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit(s_bound).ShouldBeTrue();
    }

    /// <summary>Waits until it prints a line that begins in some way, and returns the word after that.</summary>
    public string WordAfter(string beginning)
    {
        TestKit.Await.Until(
            $"'{beginning}' of multiproc-host", () => Output.Contains(beginning, StringComparison.Ordinal) || _process.HasExited, s_bound);
        Output.ShouldContain(beginning, customMessage: Errors);
        return Output[(Output.IndexOf(beginning, StringComparison.Ordinal) + beginning.Length)..].Split(' ')[0];
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit(s_bound);
        }

        _process.Dispose();
    }

    private static void Add(StringBuilder to, string? line)
    {
        lock (to)
        {
            to.AppendLine(line);
        }
    }

    private static string Read(StringBuilder from)
    {
        lock (from)
        {
            return from.ToString();
        }
    }
}
