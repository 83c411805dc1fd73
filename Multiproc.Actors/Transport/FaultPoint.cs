using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Multiproc.Transport;

/// <summary>
/// The steps of the protocols at which tests have a process die: the one that <see cref="Variable"/> names in its environment. Without the variable each is a
/// test of a constant, which compiled code leaves out.
/// </summary>
internal static class FaultPoint
{
    public const string Variable = "MULTIPROC_FAULT_POINT";

    private static readonly string? s_step = Environment.GetEnvironmentVariable(Variable);
    private static readonly bool s_isOn = s_step is not null;

    /// <summary>Kills this process if it is to die here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Reached(string step)
    {
        if (s_isOn)
        {
            DieAt(step);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void DieAt(string step)
    {
        if (step == s_step)
        {
            using var self = Process.GetCurrentProcess();
            self.Kill();
            Thread.CurrentThread.Join();
        }
    }
}
