using System.Diagnostics;
using System.Text;
using Multiproc.Benchmarks.Faults.Histories;

namespace Multiproc.Benchmarks.Faults.Nodes;

/// <summary>A process of a fault run, as its runner sees it.</summary>
internal sealed class NodeProcess : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private bool _isKilled;

    public NodeProcess(NodeTask task, IReadOnlyList<string> prefix)
    {
        string[] command = [.. prefix, "dotnet", Path.Combine(AppContext.BaseDirectory, "Multiproc.Benchmarks.dll"), .. task.ToArguments()];
        Incarnation = task.Incarnation;
        string log = Path.Combine(task.Folder, $"{task.Incarnation}.log");
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) =>
        {
            Add(_errors, line.Data);
            File.AppendAllText(log, $"{HistoryFile.Now} {line.Data}\n");
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Incarnation { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>Whether it ended otherwise than it was made to, or could have to.</summary>
    public bool HasFailed => HasExited && !_isKilled && _process.ExitCode is not (0 or FaultNode.Removed);

    public string Story => $"node {Incarnation}{(HasExited ? $" ended with {_process.ExitCode}" : "")}: {Read(_output)}{Read(_errors)}";

    /// <summary>Waits for a line of it.</summary>
    /// <exception cref="TimeoutException">It did not say so in time, or ended.</exception>
    public void AwaitWord(string word, CancellationToken cancellation)
    {
        for (long begun = Stopwatch.GetTimestamp(); !Read(_output).Contains(word, StringComparison.Ordinal);)
        {
            if (HasExited || Stopwatch.GetElapsedTime(begun) > s_bound)
            {
                throw new TimeoutException($"A node did not say '{word}' within {s_bound.TotalSeconds} s. {Story}");
            }

            cancellation.ThrowIfCancellationRequested();
            _process.WaitForExit(20);
        }
    }

    /// <summary>Tells its clients to stop.</summary>
    public void Stop() => _process.StandardInput.WriteLine("stop");

    /// <summary>Has it leave the cluster and end, and waits for that.</summary>
    public void Leave()
    {
        _process.StandardInput.Close();
        AwaitEnd();
    }

    public void AwaitEnd(TimeSpan beside = default)
    {
        if (!_process.WaitForExit(s_bound + beside))
        {
            throw new TimeoutException($"A node did not end within {(s_bound + beside).TotalSeconds} s. {Story}");
        }
    }

    public void Kill()
    {
        _isKilled = true;
        _process.Kill();
        AwaitEnd();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!HasExited)
        {
            _process.Kill();
        }

        // Until all that it said has come, which goes to the folder of the run.
        _process.WaitForExit();

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
