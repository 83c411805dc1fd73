using Multiproc.SharedMemory.Linux;

namespace Multiproc.Processes.Linux;

/// <summary>Says what an error number of the C library means, and what can be done about it.</summary>
internal static class ErrorText
{
    public static string Of(int error) => SystemError.Text(error);

    public static string OfLast() => SystemError.Last;
}
