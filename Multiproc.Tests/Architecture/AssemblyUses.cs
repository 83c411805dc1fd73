using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Multiproc.Tests.Architecture;

/// <summary>Reads an assembly for the types that its types use: in their declarations, their signatures, and their code.</summary>
/// <param name="image">The assembly.</param>
/// <param name="symbols">Its symbols.</param>
/// <param name="sources">The source files that count, by the names that the symbols have for them, with the names that the result has.</param>
internal sealed class AssemblyUses(PEReader image, MetadataReader symbols, Dictionary<string, string> sources)
{
    /// <summary>Where the compiler says in which files a type without code is declared.</summary>
    private static readonly Guid s_typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    private readonly MetadataReader _reader = image.GetMetadataReader();
    private readonly Dictionary<TypeDefinitionHandle, string?> _files = [];

    public IEnumerable<SourceGraph.Use> All() => _reader.TypeDefinitions.SelectMany(OfType);

    private IEnumerable<SourceGraph.Use> OfType(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        if (FilesOf(handle) is [{ } file])
        {
            // Of a class in several files nobody says in which of them a field stands. What initializes and uses it has its lines.
            var declared = new UsedTypes(_reader);
            declared.AddDeclaration(type);
            foreach (var use in Named(declared, file, 0))
            {
                yield return use;
            }
        }

        foreach (var method in type.GetMethods())
        {
            foreach (var use in OfMethod(handle, method))
            {
                yield return use;
            }
        }
    }

    private IEnumerable<SourceGraph.Use> OfMethod(TypeDefinitionHandle owner, MethodDefinitionHandle handle)
    {
        var method = _reader.GetMethodDefinition(handle);
        var lines = Lines(handle);
        if (method.RelativeVirtualAddress != 0 && lines.Count == 0)
        {
            yield break; // The compiler's own: of a record, an iterator, an asynchronous method.
        }

        if ((lines.Count > 0 ? SourceOf(lines[0].Document) : FileOf(owner)) is not { } file)
        {
            yield break; // A generator's.
        }

        var signature = new UsedTypes(_reader);
        signature.AddSignature(method);
        foreach (var use in Named(signature, file, lines.Count > 0 ? lines[0].StartLine : 0))
        {
            yield return use;
        }

        if (method.RelativeVirtualAddress == 0)
        {
            yield break;
        }

        var body = image.GetMethodBody(method.RelativeVirtualAddress);
        var locals = new UsedTypes(_reader);
        locals.AddLocals(body);
        foreach (var use in Named(locals, file, lines[0].StartLine))
        {
            yield return use;
        }

        foreach (var (offset, token) in Instructions.TokensOf(body.GetILBytes()!))
        {
            var used = new UsedTypes(_reader);
            used.AddToken(token);
            int point = Math.Max(0, lines.FindLastIndex(each => each.Offset <= offset));
            foreach (var use in Named(used, SourceOf(lines[point].Document) ?? file, lines[point].StartLine))
            {
                yield return use;
            }
        }
    }

    private IEnumerable<SourceGraph.Use> Named(UsedTypes used, string file, int line)
    {
        foreach (var each in used.Found)
        {
            if (each.Kind == HandleKind.TypeReference)
            {
                yield return new SourceGraph.Use(file, null, NameOf((TypeReferenceHandle)each), line);
            }
            else if (FileOf((TypeDefinitionHandle)each) is { } to)
            {
                yield return new SourceGraph.Use(file, to, NameOf((TypeDefinitionHandle)each), line);
            }
        }
    }

    /// <summary>Of a class in several files the one that has its name: the others are parts of it in the folders of what they need.</summary>
    private string? FileOf(TypeDefinitionHandle handle)
    {
        if (_files.TryGetValue(handle, out string? known))
        {
            return known;
        }

        var type = _reader.GetTypeDefinition(handle);
        string name = _reader.GetString(type.Name).Split('`')[0];
        var files = FilesOf(handle);
        string? file = files.Find(file => Path.GetFileNameWithoutExtension(file) == name) ?? files.FirstOrDefault();
        if (file is null && type.IsNested)
        {
            file = FileOf(type.GetDeclaringType());
        }

        return _files[handle] = file;
    }

    private List<string> FilesOf(TypeDefinitionHandle type)
    {
        var code = _reader.GetTypeDefinition(type).GetMethods().SelectMany(Lines).Select(static each => each.Document);
        return [.. code.Concat(Declared(type)).Select(SourceOf).OfType<string>().Distinct()];
    }

    private IEnumerable<DocumentHandle> Declared(TypeDefinitionHandle type)
    {
        foreach (var each in symbols.GetCustomDebugInformation(type))
        {
            var information = symbols.GetCustomDebugInformation(each);
            if (symbols.GetGuid(information.Kind) == s_typeDocuments)
            {
                var documents = symbols.GetBlobReader(information.Value);
                while (documents.RemainingBytes > 0)
                {
                    yield return MetadataTokens.DocumentHandle(documents.ReadCompressedInteger());
                }
            }
        }
    }

    private List<SequencePoint> Lines(MethodDefinitionHandle method) =>
        [.. symbols.GetMethodDebugInformation(method).GetSequencePoints().Where(static point => !point.IsHidden)];

    /// <summary>Null for what a generator made.</summary>
    private string? SourceOf(DocumentHandle document) => sources.GetValueOrDefault(symbols.GetString(symbols.GetDocument(document).Name));

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _reader.GetTypeDefinition(handle);
        string name = _reader.GetString(type.Name);
        return type.IsNested ? $"{NameOf(type.GetDeclaringType())}.{name}" : $"{_reader.GetString(type.Namespace)}.{name}";
    }

    private string NameOf(TypeReferenceHandle handle)
    {
        var type = _reader.GetTypeReference(handle);
        string name = _reader.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{NameOf((TypeReferenceHandle)type.ResolutionScope)}.{name}"
            : $"{_reader.GetString(type.Namespace)}.{name}";
    }
}
