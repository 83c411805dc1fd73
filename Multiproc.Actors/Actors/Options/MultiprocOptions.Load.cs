using Multiproc.Actors.Options;

namespace Multiproc;

/// <content>Settings from a file. Akka's parser reads them, so this part is in the folder that may name Akka.</content>
public sealed partial record MultiprocOptions
{
    /// <summary>Reads settings from a HOCON file; settings that the file does not contain keep their defaults.</summary>
    /// <param name="path">
    /// The path of the file. Settings of this library are under the key <c>multiproc</c>, named as in <c>hocon/reference.conf</c>; the section <c>akka</c> is
    /// passed to the actor system of each process (see <see cref="Akka"/>).
    /// </param>
    /// <returns>The settings.</returns>
    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidOperationException">
    /// The file is not valid HOCON, a key is unknown, or a value has the wrong type; the message names the key.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public static MultiprocOptions Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = OptionsFile.Read(Path.GetFullPath(path));
        options.Validate();
        return options;
    }
}
