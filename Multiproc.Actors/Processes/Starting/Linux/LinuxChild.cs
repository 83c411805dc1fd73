using Multiproc.Processes.Warm;
using Multiproc.Transport.Rings;

namespace Multiproc.Processes.Linux;

/// <summary>The first steps of a child on Linux, before anything of the program is touched.</summary>
internal static class LinuxChild
{
    private const int CloseOnExecFlag = 1;

    /// <returns>The exit code.</returns>
    public static int Run()
    {
        // A child must not outlive a parent that is killed: the kernel sees to it, whatever this process is doing then.
        LibC.prctl(LibC.PrSetParentDeathSignal, LibC.SigKill);
        LibC.close(SpawnCall.LifelineDescriptor);

        // The runtime has booted, so what it may have had to say is said: from now on stderr is the program's.
        LibC.dup2(SpawnCall.StderrDescriptor, 2);
        LibC.close(SpawnCall.StderrDescriptor);
        if (LibC.fcntl(SpawnCall.ConnectionDescriptor, LibC.FileSetFlags, CloseOnExecFlag) != 0)
        {
            throw new ProcessStartException("This program is started by programs that use Multiproc, which hand a connection over as descriptor 3: there is none.");
        }

        HeadStart.Begin();
        return ChildHost.Run(RingLink.AdoptFromParent(SpawnCall.ConnectionDescriptor));
    }
}
