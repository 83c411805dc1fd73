using Akka.Configuration;

namespace Multiproc.Actors.Options;

/// <summary>A file of settings in HOCON: those of this library under <c>multiproc</c>, those of its actor system under <c>akka</c>.</summary>
internal static class OptionsFile
{
    private const string Root = "multiproc";

    /// <exception cref="FileNotFoundException">The file does not exist.</exception>
    /// <exception cref="InvalidOperationException">The file is not valid HOCON, a key is unknown, or a value has the wrong type.</exception>
    public static MultiprocOptions Read(string path)
    {
        string text = File.ReadAllText(path);
        Config file;
        try
        {
            file = ConfigurationFactory.ParseString(text);
        }
        catch (Exception malformed) when (malformed is not OutOfMemoryException)
        {
            // The parser has no exception type of its own.
            throw new InvalidOperationException($"The settings in {path} cannot be read: {malformed.Message}", malformed);
        }

        try
        {
            var options = file.HasPath(Root) && file.GetValue(Root) is var section && section.IsObject()
                ? (MultiprocOptions)HoconOptions.Read(typeof(MultiprocOptions), section.GetObject(), Root)
                : new MultiprocOptions();
            return file.HasPath("akka") ? options with { Akka = text } : options;
        }
        catch (InvalidOperationException unfit)
        {
            throw new InvalidOperationException($"The settings in {path} cannot be used: {unfit.Message}", unfit);
        }
    }
}
