using System.Runtime.InteropServices;

namespace Multiproc.Processes.Linux;

/// <summary>Says what an error number of the C library means.</summary>
internal static class ErrorText
{
    public static string Of(int error) => Marshal.GetPInvokeErrorMessage(error);

    public static string OfLast() => Of(Marshal.GetLastPInvokeError());
}
