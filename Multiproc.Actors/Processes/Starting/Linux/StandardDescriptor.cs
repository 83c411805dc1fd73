namespace Multiproc.Processes.Linux;

/// <summary>
/// The descriptors 1 and 2 of a program that was started without them, or closed them: the number is free then, or a file of the program's own has it. The
/// runtime's and our own files close on exec, those that were inherited do not.
/// </summary>
internal static class StandardDescriptor
{
    public const int Output = 1;
    public const int Error = 2;

    public static bool IsOpen(int descriptor) => LibC.fcntl(descriptor, LibC.FileGetFlags) == 0;
}
