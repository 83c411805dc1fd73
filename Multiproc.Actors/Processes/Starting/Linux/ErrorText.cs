using Multiproc.SharedMemory.Linux;

namespace Multiproc.Processes.Linux;

/// <summary>Explains an error number of the C library and how to resolve the error.</summary>
internal static class ErrorText
{
    public static string Of(int error) => SystemError.Text(error);

    public static string OfLast() => SystemError.Last;
}
