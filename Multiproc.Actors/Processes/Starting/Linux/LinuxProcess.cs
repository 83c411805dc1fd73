using System.Runtime.InteropServices;
using System.Text;
using Multiproc.Peers;
using Multiproc.SharedMemory;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport;

namespace Multiproc.Processes.Linux;

/// <summary>A child that is watched through a process descriptor: its end is seen at once, and its pid is not reused before it has been reaped.</summary>
internal sealed class LinuxProcess : SpawnedProcess
{
    private const int MostBootErrors = 8 * 1024;

    private readonly Lock _gate = new();
    private readonly int _bootErrors;
    private readonly StderrPipe? _tail;
    private readonly TaskCompletionSource _connectionClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _leftovers = [];
    private ExitStatus? _status;
    private string? _bootText;

    private LinuxProcess(int pid, Peer peer, int bootErrors, StderrPipe? tail)
    {
        Pid = pid;
        Peer = peer;
        _bootErrors = bootErrors;
        _tail = tail;
        peer.Closed += (_, _) => _connectionClosed.TrySetResult();
    }

    /// <summary>Watches a process that was just started.</summary>
    /// <exception cref="ProcessStartException">The process cannot be watched; the caller must end it.</exception>
    public static LinuxProcess Watch(int pid, Peer peer, int bootErrors, StderrPipe? tail)
    {
        int descriptor = LibC.OpenProcessDescriptor(pid);
        if (descriptor < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            throw new ProcessStartException(
                $"Cannot watch process {pid}: no process descriptor could be created "
                    + $"({ErrorText.Of(error)}).{(error == SystemError.NotThere ? " Linux 5.3 or later is needed." : "")}")
            { IsShortage = SystemError.IsShortage(error) };
        }

        var process = new LinuxProcess(pid, peer, bootErrors, tail);
        try
        {
            LifeMonitor.Current.Watch(descriptor, () => process.OnEnded(descriptor));
            return process;
        }
        catch (MultiprocException shortage)
        {
            LibC.close(descriptor);
            throw new ProcessStartException($"Cannot watch process {pid}: {shortage.Message}", shortage) { IsShortage = true };
        }
    }

    public override int Pid { get; }

    public override Peer Peer { get; }

    public override void Terminate() => Send(LibC.SigTerm, static pid => LibC.kill(pid, LibC.SigTerm) == 0);

    public override void Kill() => Send(LibC.SigKill, pid => ProcessTree.Kill(pid, _leftovers));

    public override string StderrTail()
    {
        string boot = BootErrors();
        return _tail is null ? boot : boot + _tail.Text();
    }

    private void Send(int signal, Func<int, bool> send)
    {
        lock (_gate)
        {
            // Under the lock the process cannot have been reaped, so the pid is still its own.
            if (_status is null && !send(Pid))
            {
                throw new MultiprocException($"Cannot send signal {signal} to process {Pid} ({ErrorText.OfLast()}).");
            }
        }
    }

    /// <summary>Handles the end of the process, once, on the monitor's thread.</summary>
    private unsafe void OnEnded(int descriptor)
    {
        LifeMonitor.Current.Forget(descriptor);
        LibC.close(descriptor);
        int status;
        string? leftovers = RuntimeLeftovers.Key(Pid);
        lock (_gate)
        {
            if (leftovers is not null)
            {
                _leftovers.Add(leftovers);
            }

            int reaped = LibC.waitpid(Pid, &status, 0);
            _status = reaped == Pid ? ExitStatus.FromWaitStatus(status) : new ExitStatus(255); // Other code has reaped it; CPython reports 255 too.
        }

        // After an orderly end no files are left to remove, but the status does not tell whether the end was orderly.
        _leftovers.ForEach(RuntimeLeftovers.Remove);
        if (_status.Value.Code != 0)
        {
            RuntimeFolder.RemoveOf(Pid);
        }

        _ = FinishAsync(_status.Value);
    }

    /// <summary>Reports the end only after the last message, so that everything that a child sent has arrived when Join returns.</summary>
    private async Task FinishAsync(ExitStatus status)
    {
        await _connectionClosed.Task.ConfigureAwait(false);
        _tail?.Dispose();
        CloseBootErrors();
        SetExited(status);
    }

    private string BootErrors()
    {
        lock (_gate)
        {
            return _bootText ?? ReadBootErrors();
        }
    }

    /// <summary>Keeps the text of the boot errors and closes their descriptor.</summary>
    private void CloseBootErrors()
    {
        lock (_gate)
        {
            _bootText = ReadBootErrors();
            LibC.close(_bootErrors);
        }
    }

    private unsafe string ReadBootErrors()
    {
        byte* buffer = stackalloc byte[MostBootErrors];
        nint size = LibC.pread(_bootErrors, buffer, MostBootErrors, 0);
        return size > 0 ? Encoding.UTF8.GetString(buffer, (int)size) : "";
    }
}
