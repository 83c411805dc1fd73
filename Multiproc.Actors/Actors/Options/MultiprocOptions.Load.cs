using Multiproc.Actors.Options;

namespace Multiproc;

/// <content>Settings from a file: Akka's parser reads them, so this stands with what names Akka.</content>
public sealed partial record MultiprocOptions
{
    /// <summary>Reads settings from a file in HOCON; keys that it does not name keep their defaults.</summary>
    /// <param name="path">
    /// The file. Its settings stand under the key <c>multiproc</c>, named as in <c>hocon/reference.conf</c>; what stands under <c>akka</c> reaches the actor system of
    /// each process (see <see cref="Akka"/>).
    /// </param>
    /// <returns>The settings.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidOperationException">The file is not HOCON, a key is unknown, or its value is not of its kind; the message names it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    public static MultiprocOptions Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var options = OptionsFile.Read(Path.GetFullPath(path));
        options.Validate();
        return options;
    }
}
