// Command modlog checks a C2SP tlog-tiles folder with the code behind Go's checksum database, golang.org/x/mod/sumdb:
// the checkpoint's signature, its root against all entries, every hash tile against the entries.
//
//	modlog VKEY-FILE LOG-FOLDER
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const tileHeight = 8

// stored holds every hash of the tree in tlog's order, computed from the entries alone.
type stored []tlog.Hash

func (s stored) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, position := range positions {
		hashes = append(hashes, s[position])
	}
	return hashes, nil
}

// folder is a C2SP log on disk. tlog's tile paths also name the tile height, and call the entries data.
type folder string

func (f folder) read(tile tlog.Tile) ([]byte, error) {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	return os.ReadFile(filepath.Join(string(f), path))
}

func (f folder) tree(vkey string) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	data, err := os.ReadFile(filepath.Join(string(f), "checkpoint"))
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() || lines[3] != "" {
		return tree, errors.New("checkpoint is not origin, size and root")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil || tree.N < 1 {
		return tree, errors.New("checkpoint size is not a positive number")
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || copy(tree.Hash[:], root) != tlog.HashSize || len(root) != tlog.HashSize {
		return tree, errors.New("checkpoint root is not a hash")
	}
	return tree, nil
}

// appendBundle adds the hashes that the entries of a bundle bring into the tree.
func (s *stored) appendBundle(data []byte, first int64, width int) error {
	for index := first; index < first+int64(width); index++ {
		if len(data) < 2 {
			return fmt.Errorf("bundle ends before entry %d", index)
		}
		size := int(binary.BigEndian.Uint16(data))
		data = data[2:]
		if len(data) < size {
			return fmt.Errorf("entry %d is cut short", index)
		}
		hashes, err := tlog.StoredHashes(index, data[:size], *s)
		if err != nil {
			return err
		}
		*s = append(*s, hashes...)
		data = data[size:]
	}
	if len(data) != 0 {
		return fmt.Errorf("bundle goes on after entry %d", first+int64(width)-1)
	}
	return nil
}

// check recomputes the root and every tile. tlog.TileHashReader would not do: it trusts some of the tiles
// that it reads when several subtrees of the root lie in one tile.
func check(vkey string, f folder) (int64, error) {
	tree, err := f.tree(vkey)
	if err != nil {
		return 0, err
	}
	var hashes stored
	for first := int64(0); first < tree.N; first += 1 << tileHeight {
		width := int(min(tree.N-first, 1<<tileHeight))
		data, err := f.read(tlog.Tile{H: tileHeight, L: -1, N: first >> tileHeight, W: width})
		if err != nil {
			return 0, err
		}
		if err := hashes.appendBundle(data, first, width); err != nil {
			return 0, err
		}
	}
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		return 0, fmt.Errorf("the entries have root %v, the checkpoint says %v (%v)", root, tree.Hash, err)
	}
	for _, tile := range tlog.NewTiles(tileHeight, 0, tree.N) {
		want, err := tlog.ReadTileData(tile, hashes)
		if err != nil {
			return 0, err
		}
		if got, err := f.read(tile); err != nil || !bytes.Equal(got, want) {
			return 0, fmt.Errorf("%s is not the tile of these entries (%v)", tile.Path(), err)
		}
	}
	return tree.N, nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: modlog VKEY-FILE LOG-FOLDER")
		os.Exit(2)
	}
	vkey, err := os.ReadFile(os.Args[1])
	if err == nil {
		var size int64
		if size, err = check(strings.TrimSpace(string(vkey)), folder(os.Args[2])); err == nil {
			fmt.Printf("intact: %d entries\n", size)
			return
		}
	}
	fmt.Fprintln(os.Stderr, "refused:", err)
	os.Exit(1)
}
