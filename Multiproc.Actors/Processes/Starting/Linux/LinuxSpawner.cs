using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.SharedMemory.Linux;
using Multiproc.Transport.Rings;

namespace Multiproc.Processes.Linux;

/// <summary>
/// Starts a host by posix_spawn with one end of a socket pair as its descriptor 3. No other process can have the other end, so the
/// connection needs no authentication, address or file.
/// </summary>
internal sealed unsafe class LinuxSpawner : ISpawner
{
    public SpawnedProcess Spawn(HostCommand command, SpawnOptions options, Action<Peer> bind)
    {
        var process = Begin(command, options);
        try
        {
            Limits.Apply(process.Pid, options.Process);
            bind(process.Peer);
            process.Peer.TryStart();
            return process;
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>
    /// Starts a host. If the runtime cannot start a thread or load an assembly, it throws OutOfMemoryException, which is reported as a shortage.
    /// </summary>
    private static LinuxProcess Begin(HostCommand command, SpawnOptions options)
    {
        try
        {
            return Start(command, options);
        }
        catch (OutOfMemoryException shortage)
        {
            throw new ProcessStartException(
                "Cannot start a process: the runtime could not get enough memory, threads or descriptors. "
                + "Raise the limits on memory (ulimit -v), on processes (ulimit -u) or on open files (ulimit -n).", shortage) { IsShortage = true };
        }
    }

    private static LinuxProcess Start(HostCommand command, SpawnOptions options)
    {
        var link = Prepare(out int childSocket);
        int bootErrors = -1;
        StderrPipe? tail = null;
        int ownStderr = -1;
        int lifeline = -1;
        int pid = -1;
        try
        {
            Lift(ref childSocket);
            bootErrors = CreateBootErrorFile();
            Lift(ref bootErrors);
            tail = options.KeepStderrTail ? new StderrPipe() : null;
            ownStderr = DuplicateStderr(tail?.WriteEnd ?? StandardDescriptor.Error);
            lifeline = Lifeline.Current.Open();
            Lift(ref lifeline);
            int connection = childSocket;
            int stderr = ownStderr;
            int errors = bootErrors;
            int tie = lifeline;
            string[] arguments = command.Arguments("child");
            var environment = ChildEnvironment.Lines(command, options.Process);
            pid = SpawnerThread.Current.Run(() =>
                Limits.With(options.Process?.Affinity, () => SpawnCall.Run(arguments, environment, connection, stderr, errors, tie)));
            if (pid < 0)
            {
                throw new ProcessStartException(
                    $"Cannot start a process: {arguments[0]} could not be run ({ErrorText.Of(-pid)}). "
                    + "Check the limits on processes and memory, and that the file is executable.") { IsShortage = SystemError.IsShortage(-pid) };
            }

            Lifeline.Tie(tie, pid);
            tail?.Start();
            return LinuxProcess.Watch(pid, Node.Current.Peers.Join(link), bootErrors, tail);
        }
        catch
        {
            End(pid);
            link.Dispose();
            tail?.Dispose();
            CloseIfOpen(bootErrors);
            throw;
        }
        finally
        {
            CloseIfOpen(childSocket);
            CloseIfOpen(ownStderr);
            CloseIfOpen(lifeline);
        }
    }

    private static RingLink Prepare(out int childSocket)
    {
        try
        {
            return RingLink.PrepareForChild(out childSocket);
        }
        catch (MultiprocException shortage) when (shortage is not ProcessStartException)
        {
            throw new ProcessStartException($"Cannot start a process: {shortage.Message}", shortage) { IsShortage = true };
        }
    }

    /// <summary>Creates the file for the host's stderr until the library's code runs in it: a missing or broken runtime reports its errors there.</summary>
    private static int CreateBootErrorFile()
    {
        int fd = AnonymousFile.Open("multiproc-boot-stderr\0"u8);
        return fd >= 0 ? fd : throw new ProcessStartException($"Cannot start a process: no memory file could be created "
            + $"({ErrorText.OfLast()}).") { IsShortage = true };
    }

    /// <summary>Duplicates the descriptor for the child's stderr, or the null device if this process has none (a parent may have closed it).</summary>
    private static int DuplicateStderr(int stderr)
    {
        bool isThere = stderr != StandardDescriptor.Error || StandardDescriptor.IsOpen(stderr);
        int fd = isThere ? LibC.fcntl(stderr, LibC.DuplicateCloseOnExec, SpawnCall.LowestOfOurs) : -1;
        if (fd < 0 && !isThere)
        {
            fixed (byte* devNull = "/dev/null\0"u8)
            {
                fd = LibC.open(devNull, LibC.OpenWriteOnly | LibC.CloseOnExec, 0);
            }

            Lift(ref fd);
        }

        return fd >= 0 ? fd : throw new ProcessStartException($"Cannot start a process: its stderr could not be opened "
            + $"({ErrorText.OfLast()}).") { IsShortage = true };
    }

    /// <summary>
    /// Moves a descriptor to a higher number. In a program with closed standard descriptors, files get their numbers, which the child's descriptors would
    /// overwrite.
    /// </summary>
    private static void Lift(ref int fd)
    {
        if (fd is < 0 or >= SpawnCall.LowestOfOurs)
        {
            return;
        }

        int lifted = LibC.fcntl(fd, LibC.DuplicateCloseOnExec, SpawnCall.LowestOfOurs);
        if (lifted < 0)
        {
            throw new ProcessStartException($"Cannot start a process: no descriptor is free ({ErrorText.OfLast()}).") { IsShortage = true };
        }

        CloseIfOpen(fd);
        fd = lifted;
    }

    /// <summary>Kills and reaps a child that cannot be watched, so that neither it nor a zombie is left.</summary>
    private static void End(int pid)
    {
        if (pid > 0)
        {
            int status;
            LibC.kill(pid, LibC.SigKill);
            LibC.waitpid(pid, &status, 0);
        }
    }

    private static void CloseIfOpen(int fd)
    {
        if (fd >= 0 && LibC.close(fd) != 0)
        {
            throw new InvalidOperationException($"Descriptor {fd} could not be closed ({ErrorText.OfLast()}): other code has closed it.");
        }
    }
}
