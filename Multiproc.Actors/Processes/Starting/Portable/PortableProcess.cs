using System.Diagnostics;
using Multiproc.Peers;

namespace Multiproc.Processes.Portable;

/// <summary>A child that was started with the framework's Process class.</summary>
internal sealed class PortableProcess : SpawnedProcess
{
    private readonly Process _process;
    private readonly StderrReader _stderr;

    public PortableProcess(Process process, Peer peer, StderrReader stderr)
    {
        _process = process;
        _stderr = stderr;
        Peer = peer;
        Pid = process.Id;
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        peer.Closed += (_, _) => closed.TrySetResult();
        _ = FinishAsync(closed.Task);
    }

    public override int Pid { get; }

    public override Peer Peer { get; }

    public override string StderrTail() => _stderr.Text();

    public override void Terminate() => Kill();

    public override void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    private async Task FinishAsync(Task closed)
    {
        await _process.WaitForExitAsync().ConfigureAwait(false);
        await closed.ConfigureAwait(false);

        // The framework reports a death by signal N as 128 + N.
        SetExited(new ExitStatus(!OperatingSystem.IsWindows() && _process.ExitCode > 128 ? 128 - _process.ExitCode : _process.ExitCode));
    }
}

/// <summary>Forwards a child's stderr to this process's own and keeps its last lines.</summary>
internal sealed class StderrReader
{
    private const int KeptLines = 40;

    private readonly Queue<string> _lines = new();

    public StderrReader(Process process)
    {
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
    }

    public string Text()
    {
        lock (_lines)
        {
            return string.Join(Environment.NewLine, _lines);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        StandardStreams.Complain(line);
        lock (_lines)
        {
            _lines.Enqueue(line);
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }
        }
    }
}
