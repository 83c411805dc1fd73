namespace Multiproc.Processes.Linux;

/// <summary>
/// Checks whether descriptors 1 and 2 are real standard streams. If the program was started without them, or closed them, the number is free or belongs to some
/// other file. Such files close on exec, inherited streams do not.
/// </summary>
internal static class StandardDescriptor
{
    public const int Output = 1;
    public const int Error = 2;

    public static bool IsOpen(int descriptor) => LibC.fcntl(descriptor, LibC.FileGetFlags) == 0;
}
